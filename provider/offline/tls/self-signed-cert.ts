/** `tls:index/selfSignedCert:SelfSignedCert`: a certificate signed by the key it is for. */

import type { ResourceDefinition } from "../shared/schema.ts";
import { always, flag, text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { holdsUnknown, isValueMap } from "../shared/values.ts";
import { alternativeNameProperties, alternativeNamesOf } from "./alternative-names.ts";
import { issueCertificate } from "./certificate.ts";
import {
  checkIssuing,
  contentOf,
  issuedOutputs,
  issuingInputs,
  issuingOutputs,
  planRenewal,
  refreshRenewal,
} from "./issuing.ts";
import { algorithmOf } from "./keys.ts";
import { signingKey } from "./signing-key.ts";
import { subjectFields, subjectOf } from "./subject.ts";

const key = signingKey("privateKeyPem", "subject");

const check = (inputs: ValueMap): CheckFailure[] => {
  const failures = [...key.check(inputs), ...checkIssuing(inputs)];
  const { subject, isCaCertificate = false, setSubjectKeyId = false, setAuthorityKeyId } = inputs;
  if (isCaCertificate === true && !holdsUnknown(subject) && Object.keys(subjectOf(subject)).length === 0) {
    failures.push({
      property: "subject",
      reason: "must have at least one attribute if isCaCertificate is true (RFC 5280 section 4.1.2.6)",
    });
  }
  if (setAuthorityKeyId === true && isCaCertificate === false && setSubjectKeyId === false) {
    failures.push({
      property: "setAuthorityKeyId",
      reason: "must be false unless setSubjectKeyId or isCaCertificate is true",
      got: true,
    });
  }
  return failures;
};

/**
 * States written before version 4 of the real package lack values that later ones have, and have empty
 * strings where later ones have nothing; without this, such a certificate would be replaced.
 */
const upgrade = (state: ValueMap): ValueMap => {
  const defaults = {
    setSubjectKeyId: false,
    setAuthorityKeyId: false,
    isCaCertificate: false,
    allowedUses: [],
  };
  const { subject } = state;
  const kept = isValueMap(subject)
    ? Object.fromEntries(
        Object.entries(subject).filter(
          ([, value]) => value !== "" && value !== null && !(Array.isArray(value) && value.length === 0),
        ),
      )
    : subject;
  return { ...defaults, ...state, ...(kept === undefined ? {} : { subject: kept }) };
};

export const selfSignedCert: ResourceDefinition = {
  token: "tls:index/selfSignedCert:SelfSignedCert",
  description: "Makes a certificate signed by the key it is for.",
  stateVersion: 0,
  properties: {
    ...key.properties,
    ...alternativeNameProperties,
    ...issuingInputs,
    subject: {
      type: { kind: "record", typeName: "SelfSignedCertSubject", fields: subjectFields },
      role: "input",
      description: "Subject of the certificate.",
      replaces: always,
    },
    setAuthorityKeyId: {
      type: flag,
      role: "input",
      default: false,
      description:
        "Whether to put in an authority key identifier, the same as the subject's (default: false).",
      replaces: always,
    },
    ...issuingOutputs(["subject", "dnsNames", "ipAddresses", "uris"]),
    keyAlgorithm: { type: text, role: "output", description: "Algorithm of the private key." },
  },
  checkTogether: check,
  plan: planRenewal,
  create: (planned, inputs, { now }) => {
    const privateKey = key.read(inputs);
    const content = {
      ...contentOf(planned, now()),
      subject: subjectOf(planned["subject"]),
      alternativeNames: alternativeNamesOf(planned),
      publicKey: privateKey,
      withAuthorityKeyId: planned["setAuthorityKeyId"] === true,
    };
    const issued = issueCertificate(content, { key: privateKey });
    return { ...issuedOutputs(issued, content), keyAlgorithm: algorithmOf(privateKey, "privateKeyPem") };
  },
  upgrade,
  refresh: refreshRenewal,
};
