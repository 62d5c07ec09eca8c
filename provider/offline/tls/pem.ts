/** Textual encoding of keys and certificates (RFC 7468). */

/** A labelled block of bytes. */
export interface PemBlock {
  /** For example `CERTIFICATE`. */
  readonly label: string;
  readonly bytes: Buffer;
}

const lineLength = 64;

/** Writes one block; ends with a line feed. */
export const encodePem = (label: string, bytes: Uint8Array): string => {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(new RegExp(`.{1,${lineLength}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
};

/**
 * Reads the first block of a text; anything around it is skipped.
 * @returns undefined if there is none, or its body is not base64
 */
export const decodePem = (pem: string): PemBlock | undefined => {
  const match = /-----BEGIN ([A-Z0-9 ]+)-----([\sA-Za-z0-9+/=]*)-----END \1-----/.exec(pem);
  const [, label, body] = match ?? [];
  if (label === undefined || body === undefined) return undefined;
  const compact = body.replace(/\s/g, "");
  const bytes = Buffer.from(compact, "base64");
  return bytes.length > 0 && bytes.toString("base64") === compact ? { label, bytes } : undefined;
};

/**
 * Reads a block that must have a certain label.
 * @throws naming the property if there is no such block
 */
export const requirePem = (pem: string, label: string, property: string): Buffer => {
  const block = decodePem(pem);
  if (!block)
    throw new Error(`${property}: must be a PEM text with a "${label}" block; it holds no PEM block`);
  if (block.label !== label) {
    throw new Error(`${property}: must be a PEM text with a "${label}" block; got "${block.label}"`);
  }
  return block.bytes;
};

/**
 * Whether a text is a PEM block and nothing else. A stored value that is none stands for one that was not
 * kept, so that its change is no reason to make the resource anew.
 */
export const isPem = (value: unknown): boolean =>
  typeof value === "string" &&
  /^-----BEGIN [A-Za-z ]+-----\n[\s\S]+\n-----END [A-Za-z ]+-----\n?$/.test(value);
