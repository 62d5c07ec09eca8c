/**
 * Files to Azure Blob: blocks whose ids say what they are, so that any machine can go on, each with an MD5 that the service
 * verifies; committed only where there is no blob of that name. What writes is a signature that can do nothing but create
 * this blob; who runs the command asks by a token of its own what is there.
 */
import { createHash } from "node:crypto";
import type { AzureFetch } from "../../../functions/adapters/azure-client.ts";
import { storageResource } from "../../../functions/adapters/blob.ts";
import { persistent } from "../../../functions/adapters/persistent.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { keyOf, metadataOf, partsOf, type BulkTarget, type Committed, type Part } from "../bulk.ts";
import { sasVersion } from "./blob-sas.ts";

export interface BlobTargetOptions {
  /** `https://<account>.blob.core.windows.net/<container>` */
  readonly container: string;
  /** Requests by the token of who runs the command. */
  readonly fetch: AzureFetch;
  /** What may be added to the address of a blob, so that it can be written without a token. */
  readonly sign: (key: string) => Promise<string>;
}

const partBytes = 8 << 20;
/** Azure takes 50,000 blocks. */
const mostParts = 45_000;
const mebi = 1 << 20;
/** A part by a line of 0.4 Mbit/s. */
const partMilliseconds = 180_000;

export function blobTarget({ container, fetch: asked, sign }: BlobTargetOptions): BulkTarget<Committed> {
  const urlOf = (key: string): string => `${container}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const read = (key: string, query: string, method: string): Promise<Response> =>
    asked(storageResource, urlOf(key) + query, { method, headers: { "x-ms-version": sasVersion } });
  const write = async (
    key: string,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
    body: Buffer | string,
  ): Promise<Response> => {
    const url = `${urlOf(key)}?${new URLSearchParams(query).toString()}&${await sign(key)}`;
    const init = {
      method: "PUT",
      headers: { "x-ms-version": sasVersion, ...headers },
      body: body as string | Uint8Array<ArrayBuffer>,
    };
    return persistent((signal) => fetch(url, { ...init, signal }), undefined, partMilliseconds);
  };
  const failed = async (what: string, key: string, answer: Response): Promise<CommandError> => {
    const code = answer.headers.get("x-ms-error-code") ?? /<Code>([^<]+)</.exec(await answer.text())?.[1];
    return new CommandError(
      `could not ${what} ${urlOf(key)}: HTTP ${answer.status}, ${code ?? "no code"}`,
      exitCodes.failed,
    );
  };
  const isThere = async (key: string): Promise<boolean> => {
    const answer = await read(key, "", "HEAD");
    if (answer.status === 404) return false;
    if (!answer.ok) throw await failed("look for", key, answer);
    return true;
  };
  /** Sizes of the blocks that wait, by id. */
  const waiting = async (key: string): Promise<ReadonlyMap<string, number>> => {
    const answer = await read(key, "?comp=blocklist&blocklisttype=uncommitted", "GET");
    if (answer.status === 404) return new Map();
    if (!answer.ok) throw await failed("list the blocks of", key, answer);
    const blocks = (await answer.text()).matchAll(
      /<Block><Name>([^<]+)<\/Name><Size>(\d+)<\/Size><\/Block>/g,
    );
    return new Map([...blocks].map(([, name = "", size]) => [name, Number(size)]));
  };

  return {
    partBytes: (bytes) => Math.max(partBytes, Math.ceil(bytes / mostParts / mebi) * mebi),
    async begin(file) {
      const key = keyOf(file);
      if (await isThere(key)) return { done: { address: urlOf(key), created: false } };
      // Blocks of another part size have other ids; all ids of a blob are equally long.
      const idOf = ({ number }: Part): string =>
        Buffer.from(
          `${String(file.partBytes).padStart(12, "0")}-${String(number).padStart(6, "0")}`,
        ).toString("base64");
      const parts = file.bytes === 0 ? [] : partsOf(file.bytes, file.partBytes);
      const blocks = await waiting(key);
      return {
        missing: parts.filter((part) => blocks.get(idOf(part)) !== part.end - part.start),
        async put(part, bytes) {
          const md5 = createHash("md5").update(bytes).digest("base64");
          const answer = await write(
            key,
            { comp: "block", blockid: idOf(part) },
            { "Content-MD5": md5 },
            bytes,
          );
          if (!answer.ok) throw await failed(`write block ${part.number + 1} of`, key, answer);
        },
        async commit() {
          const list = parts.map((part) => `<Latest>${idOf(part)}</Latest>`).join("");
          const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
          const metadata = Object.entries(metadataOf(file)).map(([name, value]) => [
            `x-ms-meta-${name}`,
            value,
          ]);
          const answer = await write(
            key,
            { comp: "blocklist" },
            {
              "If-None-Match": "*",
              "x-ms-blob-content-type": "application/octet-stream",
              ...Object.fromEntries(metadata),
            },
            body,
          );
          const wasThere = answer.status === 409 || answer.status === 412 || answer.status === 403;
          if (wasThere ? !(await isThere(key)) : !answer.ok) throw await failed("commit", key, answer);
          return { address: urlOf(key), created: !wasThere };
        },
      };
    },
  };
}
