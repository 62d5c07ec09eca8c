import type { StoredFile } from "../ports.ts";

/** An object by the head of its answer. @param prefix of the headers that are its metadata */
export function describedBy({ headers }: Response, prefix: string): StoredFile {
  return {
    bytes: Number(headers.get("content-length")),
    modifiedMs: Date.parse(headers.get("last-modified") ?? ""),
    metadata: Object.fromEntries(
      [...headers].flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    ),
  };
}
