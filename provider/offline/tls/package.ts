/** The `tls` package: the resources and functions of Pulumi's own (registry: pulumi/tls). */

import type { PackageDefinition } from "../shared/provider.ts";
import { certRequest } from "./cert-request.ts";
import { getCertificate } from "./get-certificate.ts";
import { getPublicKey } from "./get-public-key.ts";
import { locallySignedCert } from "./locally-signed-cert.ts";
import { privateKey } from "./private-key.ts";
import { proxySetting } from "./proxy.ts";
import { selfSignedCert } from "./self-signed-cert.ts";

/** The package, standing in for the provider of a version of its SDK. */
export const tlsPackage = (version: string): PackageDefinition => ({
  name: "tls",
  version,
  description: "Private keys, certificate requests and certificates, made on this machine.",
  configuration: { proxy: proxySetting },
  resources: [privateKey, certRequest, selfSignedCert, locallySignedCert],
  functions: [getCertificate, getPublicKey],
});
