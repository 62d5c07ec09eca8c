import { X509Certificate } from "node:crypto";
import {
  all,
  getStack,
  output,
  secret,
  type CustomResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { CertRequest, LocallySignedCert, PrivateKey, SelfSignedCert } from "@pulumi/tls";
import type {
  DevelopmentAuthority,
  DeviceCredential,
  FleetAuthority,
  OwnAuthority,
} from "../contracts/device-fleet.ts";
import type { RegistryPlace } from "../contracts/registry-place.ts";

const hoursPerDay = 24;
const elliptic = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

/** An intermediate that signs, and the root that is trusted. PEM throughout. */
export interface Authority {
  readonly rootCertificate: Input<string>;
  /** `null` where the root is its owner's, and offline. */
  readonly rootKey: Input<string> | null;
  readonly certificate: Input<string>;
  readonly key: Input<string>;
  /** When the intermediate ends (RFC 3339). */
  readonly certificateEnd: Output<string>;
}

/** A root that signs one intermediate and is then not needed again; the intermediate signs devices and servers. */
export function authority(
  name: string,
  environment: string,
  args: DevelopmentAuthority | OwnAuthority,
  opts: CustomResourceOptions,
): Authority {
  if (args.kind === "own") {
    return {
      rootCertificate: args.rootCertificate,
      rootKey: null,
      certificate: args.intermediateCertificate,
      key: args.intermediateKey,
      certificateEnd: output(args.intermediateCertificate).apply((pem) =>
        new X509Certificate(pem).validToDate.toISOString(),
      ),
    };
  }
  const signing = ["cert_signing", "crl_signing"];
  const rootKey = new PrivateKey(`${name}-root-key`, elliptic, opts);
  const root = new SelfSignedCert(
    `${name}-root`,
    {
      privateKeyPem: rootKey.privateKeyPem,
      subject: { commonName: `${environment} root`, organization: "Fieldlake development" },
      isCaCertificate: true,
      setSubjectKeyId: true,
      validityPeriodHours: args.rootDays * hoursPerDay,
      allowedUses: signing,
    },
    opts,
  );
  const key = new PrivateKey(`${name}-intermediate-key`, elliptic, opts);
  const request = new CertRequest(
    `${name}-intermediate-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: `${environment} devices`, organization: "Fieldlake development" },
    },
    opts,
  );
  const intermediate = new LocallySignedCert(
    `${name}-intermediate`,
    {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: rootKey.privateKeyPem,
      caCertPem: root.certPem,
      isCaCertificate: true,
      maxPathLength: 0,
      setSubjectKeyId: true,
      validityPeriodHours: args.intermediateDays * hoursPerDay,
      allowedUses: signing,
    },
    opts,
  );
  return {
    rootCertificate: root.certPem,
    rootKey: rootKey.privateKeyPem,
    certificate: intermediate.certPem,
    key: key.privateKeyPem,
    certificateEnd: intermediate.validityEndTime,
  };
}

/** What the command line needs to issue in the environment's name. */
export function fleetAuthority(
  signer: Authority,
  { environment, certificateDays }: { readonly environment: string; readonly certificateDays: number },
  registry: Input<RegistryPlace>,
): Output<FleetAuthority> {
  return secret(
    all([signer, registry]).apply(
      ([{ certificate, key, rootCertificate, rootKey }, place]): FleetAuthority => ({
        environment,
        certificateDays,
        certificate,
        key,
        root: { certificate: rootCertificate, key: rootKey },
        registry: place,
      }),
    ),
  );
}

/** Beside the stack, on the machine that its fleet is run from. */
export function ownRegistry(): RegistryPlace {
  const { folder, keyFolder } = besideStack();
  return { kind: "local", folder, keyFile: `${keyFolder}/fleet.key` };
}

/** Folders of the fleet on that machine, wherever its registry is. */
export function besideStack(): { readonly folder: string; readonly keyFolder: string } {
  const root = `.fieldlake/${getStack()}`;
  return { folder: `${root}/data/fleet`, keyFolder: `${root}/keys` };
}

export interface Leaf {
  /** PEM chain: leaf, intermediate. */
  readonly chain: Output<string>;
  readonly certificate: Output<string>;
  readonly key: Output<string>;
}

/** `urn:fleet:<environment>:<id>` names the device beyond its CN; never a DNS name. */
export function deviceCertificate(
  name: string,
  id: string,
  args: { environment: string; days: number; signer: Authority },
  opts: CustomResourceOptions,
): Leaf {
  return leaf(
    name,
    { subject: { commonName: id }, uris: [`urn:fleet:${args.environment}:${id}`] },
    { signer: args.signer, days: args.days, allowedUses: ["digital_signature", "client_auth"] },
    opts,
  );
}

/** What the pinned devices are set up with, by their ids; a secret. */
export function credentials(
  devices: readonly { readonly id: string; readonly profile: string | null; readonly leaf: Leaf }[],
): Output<Record<string, DeviceCredential>> {
  return secret(
    all(
      devices.map(({ id, profile, leaf }) =>
        all([leaf.chain, leaf.key]).apply(
          ([certificate, privateKey]) => [id, { profile, certificate, privateKey }] as const,
        ),
      ),
    ).apply((entries) => Object.fromEntries(entries)),
  );
}

export function serverCertificate(
  name: string,
  names: readonly string[],
  args: { days: number; signer: Authority },
  opts: CustomResourceOptions,
): Leaf {
  const ipAddresses = names.filter(isIpAddress);
  const dnsNames = names.filter((host) => !isIpAddress(host));
  return leaf(
    name,
    { subject: { commonName: dnsNames[0] ?? ipAddresses[0] ?? "fieldlake" }, dnsNames, ipAddresses },
    { signer: args.signer, days: args.days, allowedUses: ["digital_signature", "server_auth"] },
    opts,
  );
}

const isIpAddress = (host: string): boolean => /^[0-9.]+$/.test(host) || host.includes(":");

interface LeafNames {
  readonly subject: { readonly commonName: string };
  readonly uris?: string[];
  readonly dnsNames?: string[];
  readonly ipAddresses?: string[];
}

/** Renewed by the first `up` in the last third of its life. */
function leaf(
  name: string,
  names: LeafNames,
  { signer, days, allowedUses }: { signer: Authority; days: number; allowedUses: string[] },
  opts: CustomResourceOptions,
): Leaf {
  const key = new PrivateKey(`${name}-key`, elliptic, opts);
  const request = new CertRequest(`${name}-request`, { privateKeyPem: key.privateKeyPem, ...names }, opts);
  const certificate = new LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: signer.key,
      caCertPem: signer.certificate,
      validityPeriodHours: days * hoursPerDay,
      earlyRenewalHours: days * (hoursPerDay / 3),
      allowedUses,
    },
    opts,
  );
  const chain = output(signer.certificate).apply((issuer) =>
    certificate.certPem.apply((pem) => `${pem}${issuer}`),
  );
  return { chain, certificate: certificate.certPem, key: key.privateKeyPem };
}
