/** A control interface on a unix socket that answers as told, with the `site.json` that leads there. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Asked {
  readonly request: string;
  readonly body: unknown;
}

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}
type Answer = (body: unknown) => Reply | Promise<Reply>;

/** @param answers by `GET /health` and so on */
export async function fakeSite(answers: Readonly<Record<string, Answer>>, pid: number = process.pid) {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
  const socket = join(folder, "s");
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void answer(request).then(({ status = 200, body }) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? {}));
    });
  });
  const answer = async (incoming: IncomingMessage) => {
    const request = `${incoming.method} ${incoming.url}`;
    const body: unknown =
      incoming.headers["content-length"] === "0" ? null : await json(incoming).catch(() => null);
    asked.push({ request, body });
    const given = answers[request];
    return given !== undefined
      ? given(body)
      : { status: 404, body: { error: { code: "NoRoute", message: "no" } } };
  };
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const record = { pid, socket, version: "0.1.0", startedAt: "2026-11-24T00:00:00.000Z" };
  writeFileSync(join(folder, "site.json"), JSON.stringify(record));
  return {
    runFolder: folder,
    asked,
    /** Another run folder that leads here. */
    linkAs(path: string): void {
      symlinkSync(folder, path);
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
