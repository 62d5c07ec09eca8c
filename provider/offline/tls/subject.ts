/** Distinguished names (RFC 5280 section 4.1.2.4): from the program, into DER, out of DER, as text. */

import { AsnConvert } from "@peculiar/asn1-schema";
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from "@peculiar/asn1-x509";
import type { InputProperty, PropertyTable } from "../shared/schema.ts";
import { text, textList } from "../shared/schema.ts";
import type { Value } from "../shared/values.ts";
import { isValueMap } from "../shared/values.ts";

/** An attribute of a subject: its property, object identifier and short name, in the order they are encoded. */
const attributes = [
  { property: "country", oid: "2.5.4.6", label: "C" },
  { property: "province", oid: "2.5.4.8", label: "ST" },
  { property: "locality", oid: "2.5.4.7", label: "L" },
  { property: "streetAddresses", oid: "2.5.4.9", label: "STREET" },
  { property: "postalCode", oid: "2.5.4.17", label: "POSTALCODE" },
  { property: "organization", oid: "2.5.4.10", label: "O" },
  { property: "organizationalUnit", oid: "2.5.4.11", label: "OU" },
  { property: "commonName", oid: "2.5.4.3", label: "CN" },
  { property: "serialNumber", oid: "2.5.4.5", label: "SERIALNUMBER" },
] as const;

/** PKCS #9 emailAddress (RFC 2985 section 5.2.1), which is an IA5String and comes last. */
const emailAddressOid = "1.2.840.113549.1.9.1";

/** Attributes of which a subject has one value; of several in a request, the last one counts. */
const single: ReadonlySet<string> = new Set(["commonName", "serialNumber"]);

/** Values by property name, see {@link subjectFields}. */
export type Subject = Readonly<Record<string, readonly string[]>>;

/** What an IA5String can hold (ITU-T T.50). */
export const isAscii = (value: string): boolean => /^[\0-\x7f]*$/.test(value);

/** Requires ASCII, saying what to do about a name that is not. */
export const asciiOnly =
  (advice: string) =>
  (value: Value): string | undefined =>
    isAscii(String(value)) ? undefined : `must be ASCII${advice}`;

const subjectField = (meaning: string): InputProperty => ({
  type: text,
  role: "input",
  description: `Distinguished name: ${meaning}`,
});

/** The properties of a `subject`. */
export const subjectFields: PropertyTable = {
  commonName: subjectField("CN"),
  country: subjectField("C"),
  emailAddress: { ...subjectField("emailAddress (1.2.840.113549.1.9.1)"), allows: asciiOnly("") },
  locality: subjectField("L"),
  organization: subjectField("O"),
  organizationalUnit: subjectField("OU"),
  postalCode: subjectField("postalCode"),
  province: subjectField("ST"),
  serialNumber: subjectField("serialNumber"),
  streetAddresses: { ...subjectField("street"), type: textList },
};

/** The subject a program gave; empty strings and absent values are left out. */
export const subjectOf = (given: Value): Subject => {
  if (!isValueMap(given)) return {};
  const entries = Object.keys(subjectFields).map((property): [string, string[]] => {
    const value = given[property];
    const items = Array.isArray(value) ? value : [value];
    return [property, items.filter((item): item is string => typeof item === "string" && item !== "")];
  });
  return Object.fromEntries(entries.filter(([, items]) => items.length > 0));
};

/** PrintableString where its alphabet (X.680 section 41.4) suffices, as Go's encoding/asn1 chooses; else UTF-8. */
const directoryString = (value: string): AttributeValue =>
  /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
    ? new AttributeValue({ printableString: value })
    : new AttributeValue({ utf8String: value });

/** All values of one attribute stand in one set, which DER wants sorted by encoding (X.690 section 11.6). */
const relativeName = (type: string, values: AttributeValue[]): RelativeDistinguishedName => {
  const members = values.map((value) => new AttributeTypeAndValue({ type, value }));
  const encoded = new Map(members.map((member) => [member, Buffer.from(AsnConvert.serialize(member))]));
  const order = (left: AttributeTypeAndValue, right: AttributeTypeAndValue): number =>
    Buffer.compare(encoded.get(left) ?? Buffer.alloc(0), encoded.get(right) ?? Buffer.alloc(0));
  return new RelativeDistinguishedName(members.sort(order));
};

/** Encodes a subject. */
export const encodeSubject = (subject: Subject): Name => {
  const name = new Name();
  for (const { property, oid } of attributes) {
    const values = subject[property] ?? [];
    if (values.length > 0) name.push(relativeName(oid, values.map(directoryString)));
  }
  const emails = subject["emailAddress"] ?? [];
  for (const email of emails) {
    name.push(relativeName(emailAddressOid, [new AttributeValue({ ia5String: email })]));
  }
  return name;
};

/**
 * Reads the attributes a certificate takes over from a request. Others, e-mail address included, are
 * dropped, as the real provider does.
 */
export const decodeSubject = (name: Name): Subject => {
  const subject: Record<string, string[]> = {};
  for (const { type, value } of name.flatMap((relative) => [...relative])) {
    const property = attributes.find(({ oid }) => oid === type)?.property;
    if (property === undefined) continue;
    const values = single.has(property) ? [] : (subject[property] ?? []);
    subject[property] = [...values, value.toString()];
  }
  return subject;
};

const escaped = (value: string): string =>
  [...value]
    .map((character, index, all) => {
      const outer = index === 0 || index === all.length - 1;
      const special = ',+"\\<>;'.includes(character);
      return special || (character === " " && outer) || (character === "#" && index === 0)
        ? `\\${character}`
        : character;
    })
    .join("");

const unnamedText = (type: string, value: AttributeValue): string => {
  const content = value.anyValue ?? AsnConvert.serialize(directoryString(value.toString()));
  return `${type}=#${Buffer.from(content).toString("hex")}`;
};

/**
 * A name as text, the way the real provider shows it (Go's pkix.Name): known attributes in reverse order of
 * encoding, then the others with their value in hexadecimal DER.
 */
export const subjectText = (name: Name): string => {
  const subject = decodeSubject(name);
  const named = attributes
    .filter(({ property }) => (subject[property] ?? []).length > 0)
    .map(({ property, label }) =>
      (subject[property] ?? []).map((value) => `${label}=${escaped(value)}`).join("+"),
    );
  const known = new Set<string>(attributes.map(({ oid }) => oid));
  const others = name
    .flatMap((relative) => [...relative])
    .filter(({ type }) => !known.has(type))
    .map(({ type, value }) => unnamedText(type, value));
  return [...named.reverse(), ...others.reverse()].join(",");
};
