/** A plant's own cloud, and certificates that Pulumi issues. */
import { ref, sound, type Sound } from "./stack.ts";

const pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

export const local: Readonly<Record<string, readonly Sound[]>> = {
  "authorities and certificates": [
    sound(
      "tls:index/privateKey:PrivateKey",
      "authority-key",
      { algorithm: "ECDSA", ecdsaCurve: "P384" },
      { privateKeyPem: "sealed" },
    ),
    sound(
      "tls:index/selfSignedCert:SelfSignedCert",
      "authority",
      {
        privateKeyPem: ref("authority-key", "privateKeyPem"),
        isCaCertificate: true,
        validityPeriodHours: 10 * 365 * 24,
        allowedUses: ["cert_signing", "crl_signing"],
        subject: { commonName: "plant" },
      },
      { certPem: pem },
    ),
    sound("tls:index/locallySignedCert:LocallySignedCert", "press", {
      caPrivateKeyPem: ref("authority-key", "privateKeyPem"),
      caCertPem: ref("authority", "certPem"),
      certRequestPem: "-----BEGIN CERTIFICATE REQUEST-----",
      validityPeriodHours: 90 * 24,
      allowedUses: ["digital_signature", "client_auth"],
    }),
  ],
  "a plant of its own": [
    sound("fieldlake:local:Keyring", "keys", { file: "/keys/lake.key" }),
    sound("fieldlake:local:Lake", "lake", { settings: { keyFile: "/keys/lake.key", dataFolder: "/data" } }),
    sound("fieldlake:local:Broker", "broker", { settings: { clientTrust: pem, serverCertificate: pem } }),
    sound("fieldlake:local:Console", "console", {
      settings: { host: "10.0.0.1", tls: { certificate: pem } },
    }),
  ],
};
