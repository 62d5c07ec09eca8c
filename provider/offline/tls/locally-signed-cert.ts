/** `tls:index/locallySignedCert:LocallySignedCert`: a certificate for a request, signed by an authority. */

import type { ResourceDefinition } from "../shared/schema.ts";
import { text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { parseRequest } from "./cert-request.ts";
import { isAuthority, issueCertificate, keyOfCertificate, parseCertificate } from "./certificate.ts";
import {
  checkIssuing,
  contentOf,
  issuedOutputs,
  issuingInputs,
  issuingOutputs,
  planRenewal,
  refreshRenewal,
} from "./issuing.ts";
import { algorithmOf, publicKeyInfo } from "./keys.ts";
import { ifPem, signingKey } from "./signing-key.ts";

const key = signingKey("caPrivateKeyPem", "authority");

const check = (inputs: ValueMap): CheckFailure[] => [...key.check(inputs), ...checkIssuing(inputs)];

export const locallySignedCert: ResourceDefinition = {
  token: "tls:index/locallySignedCert:LocallySignedCert",
  description: "Makes a certificate for a certificate request, signed by an authority's key.",
  stateVersion: 0,
  properties: {
    caCertPem: {
      type: text,
      role: "input",
      required: true,
      description: "Certificate of the authority, in PEM form.",
      replaces: ifPem,
    },
    ...key.properties,
    certRequestPem: {
      type: text,
      role: "input",
      required: true,
      description: "Certificate request, in PEM form.",
      replaces: ifPem,
    },
    ...issuingInputs,
    ...issuingOutputs(["certRequestPem"]),
    caKeyAlgorithm: { type: text, role: "output", description: "Algorithm of the authority's private key." },
  },
  checkTogether: check,
  plan: planRenewal,
  create: (planned, inputs, { now, warn }) => {
    const request = parseRequest(String(planned["certRequestPem"]), "certRequestPem");
    const authorityKey = key.read(inputs);
    const authority = parseCertificate(String(planned["caCertPem"]), "caCertPem");
    if (!publicKeyInfo(authorityKey).equals(publicKeyInfo(keyOfCertificate(authority)))) {
      throw new Error("caPrivateKeyPem: must be the private key of the certificate in caCertPem; it is not");
    }
    if (!isAuthority(authority)) {
      warn("caCertPem is not the certificate of an authority: what it signs may be refused");
    }
    const content = {
      ...contentOf(planned, now()),
      ...request,
      withAuthorityKeyId: true,
    };
    if (content.isAuthority && Object.keys(request.subject).length === 0) {
      throw new Error(
        "certRequestPem: must have a subject if isCaCertificate is true (RFC 5280 section 4.1.2.6)",
      );
    }
    const issued = issueCertificate(content, { key: authorityKey, certificate: authority });
    return {
      ...issuedOutputs(issued, content),
      caKeyAlgorithm: algorithmOf(authorityKey, "caPrivateKeyPem"),
    };
  },
  refresh: refreshRenewal,
};
