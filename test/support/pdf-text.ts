import { inflateSync } from "node:zlib";

/** What a PDF of Latin-1 fonts shows: the hexadecimal strings of its inflated streams, without their kerning. */
export function pdfText(pdf: Uint8Array): string {
  const parts = Buffer.from(pdf)
    .toString("latin1")
    .split(/stream\r?\n/)
    .slice(1);
  const streams = parts.flatMap((part) => {
    try {
      return [inflateSync(Buffer.from(part, "latin1")).toString("latin1")];
    } catch {
      return [];
    }
  });
  const lines = streams.join("\n").match(/\[[^\]]*\] TJ/g) ?? [];
  const hex = lines.map((line) => [...line.matchAll(/<([0-9a-f]*)>/g)].map(([, part]) => part).join(""));
  return hex.map((line) => Buffer.from(line, "hex").toString("latin1")).join(" ");
}
