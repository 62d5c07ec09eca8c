import { all, output, secret, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type {
  DeviceCredential,
  DeviceFleetArgs,
  DeviceFleetOutputs,
  FleetAuthority,
  FleetIssuer,
} from "../contracts/device-fleet.ts";
import type { RegistryPlace } from "../contracts/registry-place.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { deviceFleetFaults, refuse } from "../shared/validate.ts";
import {
  authority,
  credentials,
  deviceCertificate,
  fleetAuthority,
  serverCertificate,
} from "../shared/certificates.ts";
import type { LocalContext } from "./context.ts";
import { DeviceRegistry, SiteModule } from "./resources.ts";
import { isEveryAddress } from "./settings.ts";

/** A device comes every few weeks; a whole fleet behind one address comes within minutes. */
const enrolmentLimits = { maxConnections: 256, perSecond: 20 } as const;

/** An intermediate that signs devices, the broker's server certificate, pinned devices, and the revocation list. */
export class DeviceFleet extends FieldlakeComponent implements DeviceFleetOutputs {
  readonly trustBundle: Output<string>;
  readonly issuer: Output<FleetIssuer>;
  readonly enrolment: Output<"on-first-connect" | "registered">;
  readonly authority: Output<FleetAuthority>;
  readonly pinned: Output<Record<string, DeviceCredential>>;
  readonly exceptions: readonly NamedException[] = [];
  readonly encryption: readonly EncryptionState[];

  constructor(name: string, args: DeviceFleetArgs, context: LocalContext, opts?: ComponentResourceOptions) {
    const { environment, protect, certificateDays, enrolment, pinned, revoked } = args;
    super(
      "local",
      "DeviceFleet",
      name,
      { environment, certificateDays, enrolment, authority: args.authority.kind, pinned, revoked },
      opts,
    );
    refuse(deviceFleetFaults(args), this);

    const child = { parent: this };
    const signer = authority(name, environment, args.authority, child);
    const { host, serverNames, enrolmentPort } = context.config;
    const server = serverCertificate(
      `${name}-server`,
      [...new Set([host, ...serverNames])].filter((address) => !isEveryAddress(address)),
      { days: certificateDays, signer },
      child,
    );
    const devices = pinned.map(({ id, profile }) => ({
      id,
      profile,
      leaf: deviceCertificate(`${name}-${id}`, id, { environment, days: certificateDays, signer }, child),
    }));
    const registry = new DeviceRegistry(
      `${name}-registry`,
      {
        site: context.site,
        registryFolder: context.folders.fleet,
        devices: devices.map(({ id, profile, leaf }) => ({ id, profile, certificate: leaf.certificate })),
        enrolment,
        revoked,
        issuerCertificate: signer.certificate,
        issuerKey: signer.key,
      },
      { ...child, protect, retainOnDelete: protect },
    );

    const enrolmentServer = new SiteModule(
      "enrolment",
      `${name}-enrolment`,
      { site: context.site, after: [registry.id] },
      {
        environment,
        host,
        port: enrolmentPort,
        serverCertificate: server.chain,
        serverKey: secret(server.key),
        issuerCertificate: signer.certificate,
        issuerKey: secret(signer.key),
        trustBundle: signer.rootCertificate,
        certificateDays,
        limits: enrolmentLimits,
      },
      child,
    );

    this.trustBundle = output(signer.rootCertificate);
    this.issuer = secret(
      all([signer.certificate, server.chain, server.key, registry.id]).apply(
        ([certificate, chain, serverKey]): FleetIssuer => ({
          certificate,
          serverCertificate: chain,
          serverKey,
        }),
      ),
    );
    this.enrolment = all([registry.id, enrolmentServer.id]).apply(() => enrolment);
    const { fleet: folder } = context.folders;
    const place = all([context.site.keyFile, registry.id]).apply(([keyFile]): RegistryPlace => ({
      kind: "local",
      folder,
      keyFile,
    }));
    this.authority = fleetAuthority(signer, args, place);
    this.pinned = credentials(devices);
    this.encryption = [
      {
        component: "DeviceFleet",
        name: "certificates",
        detail: `P-256, ${certificateDays} days, ${args.authority.kind} authority`,
        inTransit: "client certificate, revocation list",
        atRest: "registry sealed, AES-256-GCM; keys are encrypted secrets of the stack",
        keyId: null,
      },
      {
        component: "DeviceFleet",
        name: "enrolment",
        detail: `EST on ${host}:${enrolmentPort}: a first certificate for a one-time token, the next for the former`,
        inTransit: "TLS 1.3 (floor 1.2), client certificate for renewal",
        atRest: null,
        keyId: null,
      },
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
