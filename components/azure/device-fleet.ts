import { CaCertificate } from "@pulumi/azure-native/eventgrid/caCertificate.js";
import { Client } from "@pulumi/azure-native/eventgrid/client.js";
import { ClientGroup } from "@pulumi/azure-native/eventgrid/clientGroup.js";
import { all, output, secret, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type {
  DeviceCredential,
  DeviceFleetArgs,
  DeviceFleetOutputs,
  FleetAuthority,
  FleetIssuer,
  PinnedDevice,
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
import type { Broker } from "./broker.ts";
import type { AzureContext } from "./context.ts";
import { azureRoots } from "./azure-roots.ts";
import { cloudRegistry } from "./cloud-registry.ts";
import type { Enrolment } from "./enrolment.ts";
import type { FleetRegistry } from "./fleet-registry.ts";

/** Set on every client that is a device; what the client group asks for. */
export const deviceAttribute = { role: "device" } as const;

/** The signing intermediate on the broker; a client is data of whoever issues, and no resource of the stack beyond the pinned. */
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
  /** For SecureIngest: name of the group that all devices belong to; null where the broker has none. */
  readonly clientGroup: Output<string> | null;
  /** For KnowledgeBase: whose certificates it reports on; null where it is kept on a machine. */
  readonly registry: FleetRegistry | null;
  /** For SecureIngest: where devices fetch certificates; null where they don't. */
  readonly overTheWire: Enrolment | null;

  constructor(name: string, args: DeviceFleetArgs, context: AzureContext, opts?: ComponentResourceOptions) {
    const { environment, protect, certificateDays, enrolment, pinned, revoked } = args;
    super(
      "azure",
      "DeviceFleet",
      name,
      { environment, protect, certificateDays, enrolment, authority: args.authority.kind, pinned, revoked },
      opts,
    );
    refuse(deviceFleetFaults(args), this);

    const child = { parent: this };
    const signer = authority(name, environment, args.authority, child);
    const { broker } = context;
    const leaves = pinned.map((device) => {
      const { id } = device;
      const days = certificateDays;
      return {
        ...device,
        leaf: deviceCertificate(`${name}-${id}`, id, { environment, days, signer }, child),
      };
    });
    const admitted =
      broker === null ? null : admit(name, { ...args, issuer: signer.certificate, broker }, context, child);

    const inCloud = cloudRegistry(name, args, signer, context, child);

    this.registry = inCloud?.registry ?? null;
    this.overTheWire = inCloud?.enrolment ?? null;
    this.clientGroup = admitted?.group.name ?? null;
    this.trustBundle = output(azureRoots);
    this.issuer = secret(
      all([signer.certificate, admitted?.registered.id]).apply(([certificate]): FleetIssuer => ({
        certificate,
        serverCertificate: "",
        serverKey: "",
      })),
    );
    this.enrolment = output(admitted?.registered.id).apply(() => enrolment);
    this.authority = fleetAuthority(signer, args, inCloud?.place ?? ownRegistry());
    this.pinned = credentials(leaves);
    this.pinnedIds = pinned.map(({ id }) => id);
    this.encryption = [
      {
        component: "DeviceFleet",
        name: "certificates",
        detail: `P-256, ${certificateDays} days, ${args.authority.kind} authority`,
        inTransit: "client certificate, checked against the broker's own list",
        atRest: "the broker's list; keys are encrypted secrets of the stack",
        keyId: null,
      },
      ...(inCloud?.encryption ?? []),
    ];
    this.exceptions =
      broker === null
        ? revoked.map((entry) => stillEnrolled(name, entry))
        : context.settings.admission.kind === "webhook"
          ? [ofPreview(name), ...revoked.map((entry) => unheard(name, entry))]
          : [
              ...(enrolment === "on-first-connect" ? [clientsFirst(name)] : []),
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

interface Admission extends Pick<DeviceFleetArgs, "environment" | "pinned" | "revoked"> {
  readonly issuer: Input<string>;
  readonly broker: Broker;
}

/** Who signs, who belongs to the fleet, and the pinned devices, on Event Grid's broker. */
function admit(
  name: string,
  { environment, pinned, revoked, issuer, broker }: Admission,
  context: AzureContext,
  opts: { parent: DeviceFleet },
): { registered: CaCertificate; group: ClientGroup } {
  const place = { resourceGroupName: context.group.name, namespaceName: broker.namespace.name };
  const registered = new CaCertificate(
    `${name}-issuer`,
    {
      ...place,
      caCertificateName: "issuer",
      description: `Signs the devices of ${environment}`,
      encodedCertificate: issuer,
    },
    opts,
  );
  const group = new ClientGroup(
    `${name}-group`,
    {
      ...place,
      clientGroupName: "devices",
      description: `Devices of ${environment}`,
      query: `attributes.role IN ['${deviceAttribute.role}']`,
    },
    opts,
  );
  // A webhook says itself who it lets in, and as what.
  const clients = context.settings.admission.kind === "webhook" ? [] : pinned;
  for (const device of clients) {
    new Client(
      `${name}-${device.id}-client`,
      { ...place, ...clientOf(device, revoked.includes(device.id)) },
      { ...opts, dependsOn: registered },
    );
  }
  return { registered, group };
}

/** The one shape of a client: whoever registers devices in bulk sends the same. */
export const clientOf = ({ id, profile }: PinnedDevice, isRevoked: boolean) => ({
  clientName: id,
  authenticationName: id,
  clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" },
  attributes: { ...deviceAttribute, ...(profile === null ? {} : { profile }) },
  state: isRevoked ? "Disabled" : "Enabled",
});

const clientsFirst = (resource: string): NamedException => ({
  rule: "azure-eventgrid-admit-on-first-connect",
  resource: `${resource}-issuer`,
  reason:
    "on stable APIs Event Grid's broker admits registered clients only; a webhook that decides at connect time is in preview versions",
  compensatingControl:
    "the command line registers every issued device as a client, and disables who was revoked: npx fieldlake fleet sync azure; fieldlake:azure.admission has the webhook",
});

const ofPreview = (resource: string): NamedException => ({
  rule: "azure-eventgrid-stable-api",
  resource: `${resource}-issuer`,
  reason:
    "custom webhook authentication is in preview versions of Event Grid's API: Azure may change it, and every connect depends on the webhook",
  compensatingControl:
    "only this one setting is set by a preview version; without an answer the broker lets nobody in; fieldlake:azure.admission registered goes back",
});

const unheard = (resource: string, entry: string): NamedException => ({
  rule: "azure-eventgrid-revoke-by-webhook",
  resource: `${resource}-issuer`,
  reason: `the webhook goes by the fleet's own list: "${entry}" is not shut out by this stack`,
  compensatingControl: "revoke it by the fleet's commands (docs/fleet.md), whose list the webhook reads",
});

const unlisted = (resource: string, serial: string): NamedException => ({
  rule: "azure-eventgrid-revoke-by-list",
  resource: `${resource}-issuer`,
  reason: `Event Grid's broker reads no revocation list: certificate ${serial} is not of this stack`,
  compensatingControl:
    "disable the client that it belongs to (az eventgrid namespace client update --state Disabled); certificates are short-lived",
});

const stillEnrolled = (resource: string, entry: string): NamedException => ({
  rule: "azure-iothub-revoke-by-list",
  resource: `${resource}-issuer`,
  reason: `IoT Hub and its provisioning service read no revocation list: "${entry}" is not shut out by this stack`,
  compensatingControl:
    "disable the device in the hub (az iot hub device-identity update --set status=disabled); certificates are short-lived",
});
