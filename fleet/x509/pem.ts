/** Textual encodings by RFC 7468. */

/** Bodies of the PEM blocks with one of these labels. */
export function pemBlocks(text: string, ...labels: readonly string[]): Buffer[] {
  const block = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;
  return [...text.matchAll(block)]
    .filter(([, label]) => labels.includes(label as string))
    .map(([, , body]) => Buffer.from(body as string, "base64"));
}

export function toPem(der: Uint8Array, label: string): string {
  const lines =
    Buffer.from(der.buffer, der.byteOffset, der.byteLength)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
