/** The next intermediate: asked for with a key of its own, signed by the root, judged before anybody trusts it. */
import { randomBytes, type X509Certificate } from "node:crypto";
import { readPublicKey } from "../x509/algorithms.ts";
import {
  bitString,
  context,
  contextPrimitive,
  octetString,
  oid,
  integer,
  sequence,
  smallInteger,
  time,
  trueValue,
} from "../x509/der-writer.ts";
import { keyIdentifier } from "./certificate.ts";
import { IssuerError, subjectKeyId, subjectOf } from "./issuer.ts";
import { checkSigner, type Signer } from "./signer.ts";
import { commonName } from "./names.ts";

const dayMs = 86_400_000;
const backdateMs = 5 * 60_000;

export interface IntermediateArgs {
  readonly name: string;
  /** Of the new intermediate. */
  readonly signer: Signer;
  readonly root: { readonly certificate: X509Certificate; readonly signer: Signer };
  readonly days: number;
  readonly now: Date;
}

/** DER: CA:true, path length 0, the right to sign certificates and lists; within the root's life. */
export async function signIntermediate({ name, signer, root, days, now }: IntermediateArgs): Promise<Buffer> {
  checkSigner(root.certificate, root.signer);
  const { validFromDate, validToDate } = root.certificate;
  const from = new Date(Math.max(now.getTime() - backdateMs, validFromDate.getTime()));
  const until = new Date(Math.min(now.getTime() + days * dayMs, validToDate.getTime()));
  const spki = signer.publicKey.export({ type: "spki", format: "der" });
  const { keyBits } = readPublicKey(spki);
  const extension = (dotted: string, value: Buffer, isCritical: boolean): Buffer =>
    isCritical
      ? sequence(oid(dotted), trueValue, octetString(value))
      : sequence(oid(dotted), octetString(value));
  const serial = randomBytes(20);
  serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
  const signed = sequence(
    context(0, smallInteger(2)),
    integer(serial),
    root.signer.algorithm.identifier,
    subjectOf(root.certificate),
    sequence(time(from), time(until)),
    commonName(name),
    spki,
    context(
      3,
      sequence(
        extension("2.5.29.19", sequence(trueValue, smallInteger(0)), true),
        // keyCertSign and cRLSign: bits 5 and 6.
        extension("2.5.29.15", bitString(Buffer.of(0b0000_0110), 1), true),
        extension("2.5.29.14", octetString(keyIdentifier(keyBits)), false),
        extension("2.5.29.35", sequence(contextPrimitive(0, subjectKeyId(root.certificate))), false),
      ),
    ),
  );
  return sequence(signed, root.signer.algorithm.identifier, bitString(await root.signer.sign(signed)));
}

/** Throws {@link IssuerError} unless the certificate is an intermediate of one of the roots, in force, with this key. */
export function judgeIntermediate(
  certificate: X509Certificate,
  signer: Signer,
  roots: readonly X509Certificate[],
  now: Date,
): void {
  const subject = certificate.subject.replaceAll("\n", ", ");
  const wrong = (what: string): IssuerError => new IssuerError(`the new intermediate "${subject}" ${what}`);
  if (!certificate.ca) throw wrong("is not an authority; allowed: one with CA:true");
  if (!roots.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey))) {
    throw wrong("is not signed by a root of this fleet: devices and brokers would not trust it");
  }
  if (certificate.validFromDate > now || certificate.validToDate < now) {
    throw wrong(
      `is valid from ${certificate.validFromDate.toISOString()} to ${certificate.validToDate.toISOString()}`,
    );
  }
  subjectKeyId(certificate);
  checkSigner(certificate, signer);
}
