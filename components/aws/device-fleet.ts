import { CaCertificate } from "@pulumi/aws/iot/caCertificate.js";
import { IndexingConfiguration } from "@pulumi/aws/iot/indexingConfiguration.js";
import { Policy } from "@pulumi/aws/iot/policy.js";
import { ThingGroup } from "@pulumi/aws/iot/thingGroup.js";
import { ThingType } from "@pulumi/aws/iot/thingType.js";
import { all, interpolate, output, secret, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type {
  DeviceCredential,
  DeviceFleetArgs,
  DeviceFleetOutputs,
  FleetAuthority,
  FleetIssuer,
} from "../contracts/device-fleet.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import {
  authority,
  credentials,
  deviceCertificate,
  fleetAuthority,
  ownRegistry,
  type Authority,
} from "../shared/certificates.ts";
import { fleetFunction } from "../shared/fleet-functions.ts";
import { deviceFleetFaults, refuse } from "../shared/validate.ts";
import { createAdmission } from "./admission.ts";
import { amazonRoots } from "./amazon-roots.ts";
import type { AwsContext } from "./context.ts";
import { createEnrolment, type Enrolment } from "./enrolment.ts";
import { createFleetRegistry, type FleetRegistryTable } from "./fleet-registry.ts";
import { createProvisioning } from "./provisioning.ts";
import { pinThing } from "./things.ts";
import { devicePolicy } from "./topic-policy.ts";

/** The signing intermediate registered with IoT Core; every device it signs is one policy's, and no resource of the stack. */
export class DeviceFleet extends FieldlakeComponent implements DeviceFleetOutputs {
  readonly trustBundle: Output<string>;
  readonly issuer: Output<FleetIssuer>;
  readonly enrolment: Output<"on-first-connect" | "registered">;
  readonly authority: Output<FleetAuthority>;
  readonly pinned: Output<Record<string, DeviceCredential>>;
  readonly encryption: readonly EncryptionState[];
  readonly exceptions: readonly NamedException[];
  /** For SecureIngest: where devices fetch certificates, and who says whether one may connect; null where nobody does. */
  readonly overTheWire: OverTheWire | null;

  constructor(name: string, args: DeviceFleetArgs, context: AwsContext, opts?: ComponentResourceOptions) {
    const { environment, protect, certificateDays, enrolment, pinned, revoked } = args;
    super(
      "aws",
      "DeviceFleet",
      name,
      { environment, protect, certificateDays, enrolment, authority: args.authority.kind, pinned, revoked },
      opts,
    );
    refuse(deviceFleetFaults(args), this);

    const child = { parent: this };
    const signer = authority(name, environment, args.authority, child);
    const fleet = {
      policy: new Policy(`${name}-policy`, { policy: devicePolicy(environment, context) }, child),
      type: new ThingType(`${name}-device`, { properties: { description: "A device of the fleet" } }, child),
      group: new ThingGroup(
        `${name}-group`,
        { properties: { description: `Devices of ${environment}` } },
        child,
      ),
    };
    const onFirstConnect = enrolment === "on-first-connect";
    const template = onFirstConnect ? createProvisioning(name, environment, fleet, context, child) : null;
    const registered = new CaCertificate(
      `${name}-issuer`,
      {
        caCertificatePem: signer.certificate,
        // No registration code, and the same authority may serve a second account; devices must name the host (SNI).
        certificateMode: "SNI_ONLY",
        active: true,
        allowAutoRegistration: onFirstConnect,
        ...(template === null ? {} : { registrationConfig: { templateName: template.name } }),
      },
      child,
    );
    const devices = pinned.map((device) => {
      const { id } = device;
      const days = certificateDays;
      const leaf = deviceCertificate(`${name}-${id}`, id, { environment, days, signer }, child);
      const isRevoked = revoked.includes(id);
      const thing = { issuer: signer.certificate, revoked: isRevoked, fleet };
      pinThing(`${name}-${id}-thing`, device, leaf, thing, { ...child, dependsOn: registered });
      return { ...device, leaf };
    });
    if (context.settings.accountSettings) indexFleet(name, child);

    const wire = overTheWire(name, args, signer, context, child);

    this.overTheWire = wire;
    this.trustBundle = output(amazonRoots);
    this.issuer = secret(
      all([signer.certificate, registered.id]).apply(([certificate]): FleetIssuer => ({
        certificate,
        serverCertificate: "",
        serverKey: "",
      })),
    );
    this.enrolment = registered.id.apply(() => enrolment);
    this.authority = fleetAuthority(signer, args, wire?.enrolment.place ?? ownRegistry());
    this.pinned = credentials(devices);
    this.encryption = [
      {
        component: "DeviceFleet",
        name: "certificates",
        detail: interpolate`P-256, ${certificateDays} days, ${args.authority.kind} authority, policy ${fleet.policy.name}`,
        inTransit: "client certificate, checked against IoT Core's registry",
        atRest: "registry of IoT Core; keys are encrypted secrets of the stack",
        keyId: null,
      },
      ...(wire?.encryption ?? []),
    ];
    this.exceptions = [
      possession(name, args.authority.kind),
      ...revoked
        .filter((entry) => !pinned.some(({ id }) => id === entry))
        .map((serial) => unlisted(name, serial)),
    ];
    this.registerOutputs({
      trustBundle: this.trustBundle,
      issuer: this.issuer,
      enrolment: this.enrolment,
      authority: this.authority,
      pinned: this.pinned,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

interface OverTheWire {
  readonly enrolment: Enrolment;
  /** ARN of the function that IoT Core asks at each connect; null where it asks nobody. */
  readonly admission: Output<string> | null;
  readonly encryption: readonly EncryptionState[];
}

/** The registry in the cloud, and the functions that work on it, where the settings ask for them. */
function overTheWire(
  name: string,
  args: DeviceFleetArgs,
  signer: Authority,
  context: AwsContext,
  opts: { parent: DeviceFleet },
): OverTheWire | null {
  const { fleetKey: key, settings } = context;
  if (settings.enrolment === undefined || key === null) return null;
  const { environment, certificateDays, protect, enrolment: admits, pinned } = args;
  const { signingKeys, checkOnConnect } = settings.enrolment;
  const registry = createFleetRegistry(name, key, protect, context, opts);
  const bundle = fleetFunction("enrol", args, opts.parent);
  const enrolment = createEnrolment(
    name,
    { environment, certificateDays, bundle, signer, registry, key, signingKeys, forceDestroy: !protect },
    context,
    opts,
  );
  const admission = (): Output<string> =>
    createAdmission(
      name,
      {
        environment,
        enrolment: admits,
        pinned,
        issuer: signer.certificate,
        bundle: fleetFunction("admission", args, opts.parent),
        registry,
        key,
      },
      context,
      opts,
    );
  return {
    enrolment,
    admission: checkOnConnect ? admission() : null,
    encryption: [registryState(registry, key.arn), enrolmentState(enrolment, key.arn)],
  };
}

const registryState = ({ arn }: FleetRegistryTable, keyId: Output<string>): EncryptionState => ({
  component: "DeviceFleet",
  name: "registry",
  detail: arn,
  inTransit: "TLS 1.2 or later",
  atRest: "AES-256 (SSE-KMS)",
  keyId,
});

const enrolmentState = ({ enrolmentUrl }: Enrolment, keyId: Output<string>): EncryptionState => ({
  component: "DeviceFleet",
  name: "enrolment",
  detail: enrolmentUrl,
  inTransit: "TLS 1.2 or later; a one-time token, or the former certificate",
  atRest: "what it signs with: AES-256 (SSE-KMS)",
  keyId,
});

/** Once an account and region: who is connected, searchable. */
function indexFleet(name: string, opts: { parent: DeviceFleet }): void {
  new IndexingConfiguration(
    `${name}-index`,
    {
      thingIndexingConfiguration: { thingIndexingMode: "REGISTRY", thingConnectivityIndexingMode: "STATUS" },
      thingGroupIndexingConfiguration: { thingGroupIndexingMode: "ON" },
    },
    opts,
  );
}

const possession = (resource: string, kind: "development" | "own"): NamedException => ({
  rule: "aws-iot-require-ca-possession",
  resource: `${resource}-issuer`,
  reason: "mode SNI_ONLY registers an authority without proof that its key is at hand",
  compensatingControl:
    kind === "development"
      ? "this stack makes the authority and its key"
      : "this stack signs with the key that was brought along; a wrong one signs no device that IoT Core accepts",
});

const unlisted = (resource: string, serial: string): NamedException => ({
  rule: "aws-iot-revoke-by-list",
  resource: `${resource}-issuer`,
  reason: `IoT Core reads no revocation list: certificate ${serial} is not of this stack`,
  compensatingControl:
    "set it to REVOKED by its fingerprint (aws iot update-certificate); certificates are short-lived",
});
