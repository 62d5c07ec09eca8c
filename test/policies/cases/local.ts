import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource } from "../support/stack.ts";

const pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
const broker = (settings: object) => resource("fieldlake:local:Broker", { settings });
const page = (settings: object) => resource("fieldlake:local:Console", { settings });
const lake = (settings: object) => resource("fieldlake:local:Lake", { settings });
const keyring = (inputs: object) => resource("fieldlake:local:Keyring", inputs);
const leaf = (inputs: object) =>
  resource("tls:index/locallySignedCert:LocallySignedCert", { allowedUses: ["client_auth"], ...inputs });
const authority = (inputs: object) =>
  resource("tls:index/selfSignedCert:SelfSignedCert", {
    isCaCertificate: true,
    validityPeriodHours: 10 * 365 * 24,
    allowedUses: ["cert_signing", "crl_signing"],
    ...inputs,
  });
const privateKey = (inputs: object) => resource("tls:index/privateKey:PrivateKey", inputs);

export const localCases: RuleCases = {
  "local-broker-require-client-certificate": {
    compliant: [broker({ clientTrust: pem })],
    violating: [broker({ clientTrust: "anybody" })],
    absent: [broker({}), resource("fieldlake:local:Broker", {})],
    unknown: [
      broker({ clientTrust: notKnownYet }),
      resource("fieldlake:local:Broker", { settings: notKnownYet }),
    ],
  },
  "local-broker-require-server-certificate": {
    compliant: [broker({ serverCertificate: pem })],
    violating: [broker({ serverCertificate: "" })],
    absent: [broker({})],
    unknown: [broker({ serverCertificate: notKnownYet })],
  },
  "local-console-require-tls-beyond-loopback": {
    compliant: [
      page({ host: "127.0.0.1", tls: null }),
      page({ host: "10.0.0.1", tls: { certificate: pem } }),
    ],
    violating: [page({ host: "0.0.0.0", tls: null }), page({ host: "127.example.com", tls: {} })],
    absent: [page({})],
    unknown: [page({ host: "0.0.0.0", tls: notKnownYet }), page({ host: notKnownYet, tls: null })],
  },
  "local-lake-require-key": {
    compliant: [lake({ keyFile: "/keys/lake.key" })],
    violating: [lake({ keyFile: "lake.key" })],
    absent: [lake({})],
    unknown: [lake({ keyFile: notKnownYet })],
  },
  "local-keyring-forbid-key-beside-data": {
    compliant: [[keyring({ file: "/keys/lake.key" }), lake({ dataFolder: "/data" })]],
    violating: [[keyring({ file: "/data/keys/lake.key" }), lake({ dataFolder: "/data" })]],
    absent: [[keyring({}), lake({ dataFolder: "/data" })]],
    unknown: [
      [keyring({ file: notKnownYet }), lake({ dataFolder: "/data" })],
      [keyring({ file: "/data/keys/lake.key" }), lake({ dataFolder: notKnownYet })],
    ],
  },
  "local-certificate-limit-lifetime": {
    compliant: [leaf({ validityPeriodHours: 90 * 24 })],
    violating: [leaf({ validityPeriodHours: 398 * 24 })],
    absent: [leaf({})],
    unknown: [leaf({ validityPeriodHours: notKnownYet })],
  },
  "local-authority-limit-lifetime": {
    compliant: [authority({})],
    violating: [
      authority({ validityPeriodHours: 100 * 365 * 24 }),
      authority({ allowedUses: ["cert_signing", "server_auth"] }),
    ],
    absent: [authority({ validityPeriodHours: undefined }), authority({ allowedUses: [] })],
    unknown: [authority({ validityPeriodHours: notKnownYet })],
  },
  "fleet-limit-certificate-life": {
    compliant: [resource("fieldlake:local:DeviceFleet", { certificateDays: 90 })],
    violating: [resource("fieldlake:aws:DeviceFleet", { certificateDays: 3650 })],
    absent: [resource("fieldlake:aws:DeviceFleet", { certificateDays: null })],
    unknown: [resource("fieldlake:aws:DeviceFleet", { certificateDays: notKnownYet })],
  },
  "local-certificate-forbid-shared-roles": {
    compliant: [leaf({})],
    violating: [leaf({ allowedUses: ["client_auth", "server_auth"] }), leaf({ isCaCertificate: true })],
    absent: [leaf({ allowedUses: ["client_auth", "cert_signing"] })],
    unknown: [leaf({ allowedUses: notKnownYet })],
  },
  "local-key-require-strength": {
    compliant: [
      privateKey({ algorithm: "ECDSA", ecdsaCurve: "P256" }),
      privateKey({ algorithm: "RSA", rsaBits: 3072 }),
      privateKey({ algorithm: "RSA" }),
      privateKey({ algorithm: "ED25519" }),
    ],
    violating: [
      privateKey({ algorithm: "RSA", rsaBits: 1024 }),
      privateKey({ algorithm: "ECDSA", ecdsaCurve: "P224" }),
    ],
    absent: [privateKey({ algorithm: "ECDSA" }), privateKey({})],
    unknown: [privateKey({ algorithm: notKnownYet })],
  },
};

const stack = (outputs: object) => resource("pulumi:pulumi:Stack", {}, { outputs });
const mark = "4dabf18193072939515e22adb298388d";
/** As exported state has a secret. */
const sealed = { [mark]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };
const privatePem = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\nMA==\n-----END ${kind}PRIVATE KEY-----\n`;

export const sealedKeyCases: RuleCases = {
  "pack-seal-private-keys": {
    compliant: [
      stack({ key: sealed, certificate: pem, endpoint: "mqtts://broker.plant" }),
      // As a preview shows a secret.
      stack({ key: "[secret]" }),
      [
        stack({ key: sealed }),
        resource("tls:index/privateKey:PrivateKey", {}, { outputs: { privateKeyPem: sealed } }),
      ],
    ],
    violating: [
      ...["", "EC ", "RSA ", "OPENSSH ", "ENCRYPTED "].map((kind) => stack({ key: privatePem(kind) })),
      stack({ devices: [{ certificate: pem, key: privatePem("EC ") }] }),
      stack({ kubeconfig: `client-key-data: ${Buffer.from(privatePem("RSA ")).toString("base64")}` }),
      stack({ storage: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${"A1b2".repeat(22)}==` }),
      stack({ bus: `Endpoint=sb://b/;SharedAccessKeyName=k;SharedAccessKey=${"A1b2".repeat(11)}=` }),
      resource("fieldlake:aws:DeviceFleet", {}, { outputs: { keyOfDevice: privatePem("EC ") } }),
      resource("tls:index/privateKey:PrivateKey", {}, { outputs: { privateKeyPem: privatePem("") } }),
      resource(
        "aws:iam/serverCertificate:ServerCertificate",
        { privateKey: privatePem("") },
        { outputs: {} },
      ),
    ],
    absent: "is right",
    unknown: [stack({ key: notKnownYet }), stack({ devices: [{ key: notKnownYet }] })],
  },
};

const issued = (allowedUses: unknown) =>
  resource("tls:index/locallySignedCert:LocallySignedCert", { allowedUses });

export const purposeCases: RuleCases = {
  "local-certificate-require-purpose": {
    compliant: [issued(["digital_signature", "client_auth"]), issued(["cert_signing"])],
    violating: [issued(["digital_signature"]), issued([])],
    absent: [resource("tls:index/selfSignedCert:SelfSignedCert", {})],
    unknown: [issued(notKnownYet)],
  },
};

const keeper = (name: string, protect: unknown) =>
  resource(`fieldlake:local:${name}`, protect === undefined ? {} : { protect }, { name });

const kept = (isProtected: boolean) =>
  resource(
    "aws:s3/bucket:Bucket",
    {},
    { name: "data", isProtected, component: "fieldlake:aws:EncryptedLake" },
  );

export const componentCases: RuleCases = {
  "fieldlake-protect-what-is-kept": {
    compliant: [[keeper("EncryptedLake", true), kept(true)]],
    violating: [[keeper("EncryptedLake", true), kept(false)]],
    absent: [[keeper("KnowledgeBase", true), kept(false)]],
    unknown: "is right",
  },
  "fieldlake-protect-all-or-none": {
    compliant: [[keeper("EncryptedLake", true), keeper("KnowledgeBase", true)]],
    violating: [[keeper("EncryptedLake", true), keeper("KnowledgeBase", false)]],
    absent: [[keeper("EncryptedLake", true), keeper("KnowledgeBase", undefined)]],
    unknown: [[keeper("EncryptedLake", true), keeper("KnowledgeBase", notKnownYet)]],
  },
};
