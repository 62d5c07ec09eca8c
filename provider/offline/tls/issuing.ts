/** What SelfSignedCert and LocallySignedCert share: their inputs, outputs, and when they are renewed. */

import type { PlanHook, PropertyTable } from "../shared/schema.ts";
import { always, flag, integer, text, textList } from "../shared/schema.ts";
import type { Surroundings } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import { between, oneOf } from "../shared/validate.ts";
import type { Value, ValueMap } from "../shared/values.ts";
import { unknown } from "../shared/values.ts";
import type { CertificateContent, IssuedCertificate } from "./certificate.ts";
import { certificateLabel } from "./certificate.ts";
import { encodePem } from "./pem.ts";
import { usageNames } from "./usages.ts";

const millisecondsPerHour = 3_600_000;

/** GeneralizedTime has four digits for the year (RFC 5280 section 4.1.2.5.2). */
const latestYear = 9999;

/** Inputs that say what the certificate is good for and how long. */
export const issuingInputs: PropertyTable = {
  validityPeriodHours: {
    type: integer,
    role: "input",
    required: true,
    description: "Hours the certificate is valid for.",
    replaces: always,
    allows: between(0),
  },
  allowedUses: {
    type: textList,
    role: "input",
    required: true,
    description: `Uses the key is allowed: ${usageNames.join(", ")}.`,
    replaces: always,
    allows: oneOf(...usageNames),
  },
  earlyRenewalHours: {
    type: integer,
    role: "input",
    default: 0,
    description: "Hours before its end at which the certificate is renewed by the next update (default: 0).",
    allows: between(0),
  },
  isCaCertificate: {
    type: flag,
    role: "input",
    default: false,
    description: "Whether the certificate may sign others (default: false).",
    replaces: always,
  },
  maxPathLength: {
    type: integer,
    role: "input",
    keepsPrior: true,
    description: "Most authorities that may follow an authority; -1 or absent: any number.",
    replaces: always,
    allows: between(-1),
  },
  setSubjectKeyId: {
    type: flag,
    role: "input",
    default: false,
    description: "Whether to put in a subject key identifier; an authority has it anyway (default: false).",
    replaces: always,
  },
};

/** Outputs of an issued certificate. `reveals` names the inputs that can be read off it. */
export const issuingOutputs = (reveals: readonly string[]): PropertyTable => ({
  certPem: { type: text, role: "output", description: "The certificate in PEM form.", reveals },
  readyForRenewal: {
    type: flag,
    role: "output",
    default: false,
    description: "Whether the certificate has ended or is about to, within earlyRenewalHours.",
  },
  validityStartTime: { type: text, role: "output", description: "Start of validity (RFC 3339)." },
  validityEndTime: { type: text, role: "output", description: "End of validity (RFC 3339)." },
  id: { type: text, role: "output", description: "Serial number, in decimal." },
});

/** Checks what only makes sense for an authority. */
export const checkIssuing = (inputs: ValueMap): CheckFailure[] => {
  const { isCaCertificate = false, maxPathLength } = inputs;
  if (isCaCertificate !== false || typeof maxPathLength !== "number" || maxPathLength <= 0) return [];
  const reason = "must be absent, -1 or 0 unless isCaCertificate is true";
  return [{ property: "maxPathLength", reason, got: maxPathLength }];
};

const hours = (value: Value): number | undefined => (typeof value === "number" ? value : undefined);

/** Whether a certificate's time for renewal has come; false if it is not known when that is. */
const isDue = (state: ValueMap, now: Date): boolean => {
  const { validityEndTime } = state;
  if (typeof validityEndTime !== "string") return false;
  const end = Date.parse(validityEndTime);
  if (Number.isNaN(end))
    throw new Error(`the state's validityEndTime must be a time; got ${validityEndTime}`);
  const early = hours(state["earlyRenewalHours"]) ?? 0;
  return end - early * millisecondsPerHour <= now.getTime();
};

/**
 * Plans `readyForRenewal`: true from the start for a certificate without any time before its renewal; for an
 * existing one whose time has come, a replacement.
 */
export const planRenewal: PlanHook = ({ planned, forceReplace }, _inputs, { now }) => {
  const valid = hours(planned["validityPeriodHours"]) ?? 0;
  const early = hours(planned["earlyRenewalHours"]);
  if (valid === 0 || (early !== undefined && early >= valid)) planned["readyForRenewal"] = true;
  if (isDue(planned, now())) {
    planned["readyForRenewal"] = unknown;
    forceReplace("readyForRenewal");
  }
};

/** At a refresh: says so once a certificate's time for renewal has come. */
export const refreshRenewal = (state: ValueMap, { now }: Surroundings): ValueMap =>
  isDue(state, now()) ? { ...state, readyForRenewal: true } : state;

/** What the shared inputs say about a certificate that is valid from now. */
export const contentOf = (
  planned: ValueMap,
  now: Date,
): Pick<
  CertificateContent,
  "notBefore" | "notAfter" | "uses" | "isAuthority" | "maxPathLength" | "withSubjectKeyId"
> => {
  const valid = hours(planned["validityPeriodHours"]) ?? 0;
  const notAfter = new Date(now.getTime() + valid * millisecondsPerHour);
  if (!(notAfter.getUTCFullYear() <= latestYear)) {
    throw new Error(`validityPeriodHours: must end before the year ${latestYear + 1}; got ${valid}`);
  }
  const uses = planned["allowedUses"];
  return {
    notBefore: now,
    notAfter,
    uses: Array.isArray(uses) ? uses.filter((use): use is string => typeof use === "string") : [],
    isAuthority: planned["isCaCertificate"] === true,
    maxPathLength: hours(planned["maxPathLength"]),
    withSubjectKeyId: planned["setSubjectKeyId"] === true,
  };
};

/** The outputs of a certificate that has been made. */
export const issuedOutputs = (
  issued: IssuedCertificate,
  content: { notBefore: Date; notAfter: Date },
): ValueMap => ({
  certPem: encodePem(certificateLabel, issued.der),
  validityStartTime: content.notBefore.toISOString(),
  validityEndTime: content.notAfter.toISOString(),
  id: issued.serialNumber,
});
