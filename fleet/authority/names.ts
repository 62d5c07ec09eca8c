import { oid, sequence, set, utf8String } from "../x509/der-writer.ts";

/** DER of a name that is a common name and nothing else. */
export const commonName = (name: string): Buffer => sequence(set(sequence(oid("2.5.4.3"), utf8String(name))));
