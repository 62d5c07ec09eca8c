/** Certificate requests of a fleet in one file, a key each: length of four bytes, then the DER, over and over. */
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { commonName } from "../../fleet/authority/names.ts";
import { ecdsaSha256 } from "../../fleet/x509/algorithms.ts";
import { bitString, context, sequence, smallInteger } from "../../fleet/x509/der-writer.ts";

const lengthBytes = 4;

export function writeRequests(file: string, count: number): void {
  const descriptor = openSync(file, "wx", 0o600);
  for (let index = 0; index < count; index += 1) {
    const request = newRequest(`press-${index}`);
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32LE(request.length);
    writeSync(descriptor, Buffer.concat([length, request]));
  }
  closeSync(descriptor);
}

/** One at a time, so that a file of any size takes no memory. */
export function* readRequests(file: string): Generator<Buffer> {
  const descriptor = openSync(file, "r");
  const length = Buffer.alloc(lengthBytes);
  while (readSync(descriptor, length) === lengthBytes) {
    const request = Buffer.allocUnsafeSlow(length.readUInt32LE());
    readSync(descriptor, request);
    yield request;
  }
  closeSync(descriptor);
}

function newRequest(id: string): Buffer {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const info = sequence(smallInteger(0), commonName(id), spki, context(0));
  return sequence(info, ecdsaSha256.identifier, bitString(sign("sha256", info, privateKey)));
}
