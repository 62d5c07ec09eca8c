import { DerError, DerReader, Tag } from "../x509/der-reader.ts";
import { RequestError } from "./request-error.ts";

const subjectAlternativeNameOid = "2.5.29.17";
const basicConstraintsOid = "2.5.29.19";
const keyUsageOid = "2.5.29.15";
const extendedKeyUsageOid = "2.5.29.37";
const clientAuthOid = "1.3.6.1.5.5.7.3.2";
const uriTag = 0x86;

/**
 * Nothing that a request asks for is ever copied into a certificate. What differs from what a device gets anyway is
 * refused all the same: its owner believes to hold something else.
 */
export function judgeExtensions(extensions: ReadonlyMap<string, Buffer>, uri: string): void {
  const wrong = (name: string, allowed: string): RequestError =>
    new RequestError("extension", `the request asks for ${name}; allowed: ${allowed}`);
  try {
    const names = extensions.get(subjectAlternativeNameOid);
    if (names !== undefined && !isOnlyUri(new DerReader(names).enter(), uri)) {
      throw wrong("other subject alternative names", `none, or only the URI ${uri}`);
    }
    const constraints = extensions.get(basicConstraintsOid);
    if (constraints !== undefined && isAuthority(new DerReader(constraints).enter())) {
      throw wrong("an authority's basic constraints", "CA:false");
    }
    const usage = extensions.get(keyUsageOid);
    if (usage !== undefined && isSigningUsage(new DerReader(usage).contents(Tag.bitString))) {
      throw wrong("the right to sign certificates or revocation lists", "digitalSignature");
    }
    const purposes = extensions.get(extendedKeyUsageOid);
    if (purposes !== undefined && !isOnlyClient(new DerReader(purposes).enter())) {
      throw wrong("other purposes than client authentication", "clientAuth");
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new RequestError(
      "extension",
      `an extension that the request asks for can't be read: ${error.message}`,
    );
  }
}

function isOnlyUri(names: DerReader, uri: string): boolean {
  return names.tag === uriTag && names.contents(uriTag).toString("latin1") === uri && names.isAtEnd;
}

function isOnlyClient(purposes: DerReader): boolean {
  return purposes.oid() === clientAuthOid && purposes.isAtEnd;
}

function isAuthority(constraints: DerReader): boolean {
  return constraints.tag === Tag.boolean && constraints.contents(Tag.boolean)[0] !== 0;
}

/** keyCertSign and cRLSign are bits 5 and 6 (RFC 5280, 4.2.1.3). */
function isSigningUsage(bits: Buffer): boolean {
  return ((bits[1] ?? 0) & 0b0000_0110) !== 0;
}
