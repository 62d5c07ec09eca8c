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
} from "../shared/certificates.ts";
import { deviceFleetFaults, refuse } from "../shared/validate.ts";
import { amazonRoots } from "./amazon-roots.ts";
import type { AwsContext } from "./context.ts";
import { overTheWire, type OverTheWire } from "./over-the-wire.ts";
import { createProvisioner, createProvisioning } from "./provisioning.ts";
import { pinThing } from "./things.ts";
import { devicePolicy } from "./topic-policy.ts";

/** The signing intermediate registered with IoT Core; every device it signs is one policy's, and no resource of the stack. */
export class DeviceFleet extends FieldlakeComponent implements DeviceFleetOutputs {
  readonly trustBundle: Output<string>;
  readonly issuer: Output<FleetIssuer>;
  readonly enrolment: Output<"on-first-connect" | "registered">;
  readonly authority: Output<FleetAuthority>;
  readonly pinned: Output<Record<string, DeviceCredential>>;
  /** Ids of the pinned devices. */
  readonly pinnedIds: readonly string[];
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
    const hasClaims = context.settings.enrolment?.claim !== undefined;
    const provisioner = onFirstConnect || hasClaims ? createProvisioner(name, fleet, context, child) : null;
    const template =
      onFirstConnect && provisioner !== null
        ? createProvisioning(name, environment, fleet, provisioner, child)
        : null;
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

    const wire = overTheWire(name, args, { signer, fleet, provisioner }, context, child);

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
    this.pinnedIds = pinned.map(({ id }) => id);
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
