/** The names a certificate is for beside its subject (RFC 5280 section 4.2.1.6). */

import { isIP } from "node:net";
import { GeneralName, SubjectAlternativeName } from "@peculiar/asn1-x509";
import type { PropertyTable } from "../shared/schema.ts";
import { always, textList } from "../shared/schema.ts";
import type { Value, ValueMap } from "../shared/values.ts";
import { asciiOnly } from "./subject.ts";

/** Names by kind. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

const ipAddress = (value: Value): string | undefined =>
  isIP(String(value)) === 0 || String(value).includes("%") ? "must be an IPv4 or IPv6 address" : undefined;

const uri = (value: Value): string | undefined =>
  /^[\x21-\x7e]+$/.test(String(value)) ? undefined : "must be a URI (ASCII, no spaces)";

/** The properties that hold alternative names. */
export const alternativeNameProperties: PropertyTable = {
  dnsNames: {
    type: textList,
    role: "input",
    description: "DNS names the certificate is for.",
    replaces: always,
    allows: asciiOnly(" (write an international name in its xn-- form)"),
  },
  ipAddresses: {
    type: textList,
    role: "input",
    description: "IP addresses the certificate is for.",
    replaces: always,
    allows: ipAddress,
  },
  uris: {
    type: textList,
    role: "input",
    description: "URIs the certificate is for.",
    replaces: always,
    allows: uri,
  },
};

const strings = (value: Value): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** The names a program gave. */
export const alternativeNamesOf = (inputs: ValueMap): AlternativeNames => ({
  dnsNames: strings(inputs["dnsNames"]),
  ipAddresses: strings(inputs["ipAddresses"]),
  uris: strings(inputs["uris"]),
});

/** An IPv4 address in the clothes of an IPv6 one (RFC 4291 section 2.5.5.2) is written as the former. */
const canonicalIp = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bytes = Buffer.from(high.padStart(4, "0") + low.padStart(4, "0"), "hex");
  return bytes.join(".");
};

/** Encodes names; undefined if there are none. */
export const encodeAlternativeNames = (names: AlternativeNames): SubjectAlternativeName | undefined => {
  const all = [
    ...names.dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...names.ipAddresses.map((address) => new GeneralName({ iPAddress: canonicalIp(address) })),
    ...names.uris.map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
  ];
  return all.length > 0 ? new SubjectAlternativeName(all) : undefined;
};

/** Reads the kinds of name this package writes; others are dropped, as the real provider does. */
export const decodeAlternativeNames = (names: SubjectAlternativeName): AlternativeNames => ({
  dnsNames: names.flatMap(({ dNSName }) => dNSName ?? []),
  ipAddresses: names.flatMap(({ iPAddress }) => iPAddress ?? []),
  uris: names.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
});
