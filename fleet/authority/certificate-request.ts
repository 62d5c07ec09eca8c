/** Certificate requests (PKCS #10, RFC 2986): read strictly, proof of possession checked, what they ask for judged. */
import { verify } from "node:crypto";
import { readPublicKey, signatureAlgorithm, type DevicePublicKey, type KeyKind } from "../x509/algorithms.ts";
import { DerError, DerReader, Tag } from "../x509/der-reader.ts";
import { pemBlocks } from "../x509/pem.ts";
import { deviceIdFault, deviceUri } from "./device-id.ts";
import { RequestError } from "./request-error.ts";
import { judgeExtensions } from "./requested-extensions.ts";

export { RequestError, type RequestFault } from "./request-error.ts";

/** A key that its owner has proved to hold, and the name it asks for. */
export interface VerifiedRequest {
  readonly deviceId: string;
  readonly key: DevicePublicKey;
  /** What it shows to prove that it may ask, signed with the rest (RFC 2985, 5.4.1); absent where it shows nothing. */
  readonly challenge?: string;
}

export interface RequestPolicy {
  /** Names the environment in the URI that a request may ask for. */
  readonly environment: string;
  /** Kinds of keys that devices may have. */
  readonly keys: readonly KeyKind[];
}

/** The default: every cloud takes it, and constrained devices can make it. */
export const defaultKeys: readonly KeyKind[] = ["P-256"];

/** A P-256 request takes 250 bytes, one of RSA-4096 1,100: more is no request of a device. */
const mostBytes = 16_384;
const rsaBits = { least: 2048, most: 4096 } as const;

const commonNameOid = "2.5.4.3";
export const challengePasswordOid = "1.2.840.113549.1.9.7";
const extensionRequestOid = "1.2.840.113549.1.9.14";

interface Attributes {
  readonly extensions: ReadonlyMap<string, Buffer>;
  readonly challenge?: string;
}

interface ParsedRequest extends Attributes {
  readonly signed: Buffer;
  readonly commonNames: readonly string[];
  readonly key: DevicePublicKey;
  readonly algorithm: string;
  readonly signature: Buffer;
}

/** DER, or PEM with exactly one request in it. Throws {@link RequestError}. */
export function verifyRequest(request: Uint8Array, policy: RequestPolicy): VerifiedRequest {
  const parsed = parsedRequest(toDer(Buffer.from(request.buffer, request.byteOffset, request.byteLength)));
  const deviceId = judgedName(parsed.commonNames);
  judgeKey(parsed.key, policy.keys);
  judgeExtensions(parsed.extensions, deviceUri(policy.environment, deviceId));
  proveKey(parsed);
  const { key, challenge } = parsed;
  return { deviceId, key, ...(challenge === undefined ? {} : { challenge }) };
}

function toDer(bytes: Buffer): Buffer {
  // A PEM text is a third longer, with line ends and perhaps remarks around it.
  if (bytes.length > 2 * mostBytes) throw tooLarge(bytes.length);
  if (bytes[0] === Tag.sequence) {
    if (bytes.length > mostBytes) throw tooLarge(bytes.length);
    return bytes;
  }
  const blocks = pemBlocks(bytes.toString("latin1"), "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) {
    throw new RequestError(
      "not a request",
      `received ${blocks.length} PEM blocks labelled CERTIFICATE REQUEST; allowed: exactly one, or its DER`,
    );
  }
  if (block.length > mostBytes) throw tooLarge(block.length);
  return block;
}

const tooLarge = (bytes: number): RequestError =>
  new RequestError("too large", `received ${bytes} bytes; allowed: at most ${mostBytes} bytes of DER`);

function parsedRequest(der: Buffer): ParsedRequest {
  try {
    const file = new DerReader(der);
    const request = file.enter();
    if (!file.isAtEnd) throw new DerError("bytes behind its end");
    const signed = request.raw();
    const algorithm = request.enter().oid();
    const signatureBits = request.contents(Tag.bitString);
    if (!request.isAtEnd || signatureBits[0] !== 0) throw new DerError("stray bits behind its signature");
    const info = new DerReader(signed).enter();
    const version = info.contents(Tag.integer);
    if (version.length !== 1 || version[0] !== 0) throw new DerError("a version other than 0");
    const commonNames = readCommonNames(info.enter());
    const key = readPublicKey(info.raw());
    const attributes = info.isAtEnd ? { extensions: new Map() } : readAttributes(info.enter(Tag.context0));
    if (!info.isAtEnd) throw new DerError("stray bytes behind its attributes");
    return { signed, commonNames, key, ...attributes, algorithm, signature: signatureBits.subarray(1) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new RequestError(
      "not a request",
      `received ${der.length} bytes that are no PKCS #10 request (${error.message}); ` +
        "allowed: a request as `openssl req -new` makes it",
    );
  }
}

function readCommonNames(subject: DerReader): string[] {
  const names: string[] = [];
  while (!subject.isAtEnd) {
    const relative = subject.enter(Tag.set);
    while (!relative.isAtEnd) {
      const attribute = relative.enter();
      const type = attribute.oid();
      const tag = attribute.tag;
      const value = attribute.contents(tag);
      if (type !== commonNameOid) continue;
      if (tag !== Tag.utf8String && tag !== Tag.printableString) {
        throw new RequestError(
          "name",
          "CN: received a string type of old; allowed: UTF8String, PrintableString",
        );
      }
      names.push(value.toString("utf8"));
    }
  }
  return names;
}

function readAttributes(attributes: DerReader): Attributes {
  const extensions = new Map<string, Buffer>();
  let challenge: string | undefined;
  while (!attributes.isAtEnd) {
    const attribute = attributes.enter();
    const type = attribute.oid();
    const values = attribute.enter(Tag.set);
    if (type === challengePasswordOid) {
      if (challenge !== undefined) throw new DerError("more than one challenge password");
      challenge = readText(values);
    } else if (type === extensionRequestOid) {
      readExtensions(values.enter(), extensions);
    } else continue;
    if (!values.isAtEnd) throw new DerError("more than one value of an attribute");
  }
  return { extensions, ...(challenge === undefined ? {} : { challenge }) };
}

function readExtensions(list: DerReader, extensions: Map<string, Buffer>): void {
  while (!list.isAtEnd) {
    const extension = list.enter();
    const oid = extension.oid();
    extension.skip(Tag.boolean);
    if (extensions.has(oid)) throw new RequestError("extension", `it asks for the extension ${oid} twice`);
    extensions.set(oid, extension.contents(Tag.octetString));
  }
}

function readText(values: DerReader): string {
  const { tag } = values;
  if (tag !== Tag.utf8String && tag !== Tag.printableString) {
    throw new DerError("a challenge password that is neither UTF8String nor PrintableString");
  }
  return values.contents(tag).toString("utf8");
}

function judgedName(commonNames: readonly string[]): string {
  const [name] = commonNames;
  if (name === undefined || commonNames.length > 1) {
    throw new RequestError(
      "name",
      `CN: received ${commonNames.length} of them; allowed: exactly one, the device's id`,
    );
  }
  const fault = deviceIdFault(name);
  if (fault !== null) throw new RequestError("name", `CN: ${fault}`);
  return name;
}

function judgeKey({ kind, bits, name }: DevicePublicKey, allowed: readonly KeyKind[]): void {
  const isSized = kind !== "RSA" || (bits !== null && bits >= rsaBits.least && bits <= rsaBits.most);
  if (kind !== "other" && allowed.includes(kind) && isSized) return;
  const words = allowed.map((one) =>
    one === "RSA" ? `RSA of ${rsaBits.least} to ${rsaBits.most} bits` : one,
  );
  throw new RequestError("key", `key: received ${name}; allowed: ${words.join(", ")}`);
}

function proveKey({ signed, key, algorithm, signature }: ParsedRequest): void {
  const known = signatureAlgorithm(algorithm);
  if (known === undefined) {
    throw new RequestError(
      "signature",
      `signed by the algorithm ${algorithm}; allowed: ECDSA or RSA with SHA-256, SHA-384 or SHA-512`,
    );
  }
  let isProved = false;
  try {
    isProved = known.isFor(key.kind) && verify(known.digest, signed, key.load(), signature);
  } catch {
    // A point that does not lie on its curve.
  }
  if (!isProved) {
    throw new RequestError(
      "signature",
      "its signature does not prove that who asks holds the key: make the request anew with the key it names",
    );
  }
}
