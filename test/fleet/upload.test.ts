import { afterAll, describe, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { upload } from "../../fleet/commands/upload.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import { identify, partsOf } from "../../fleet/uploads/content.ts";
import { fakeTerminal } from "./support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-upload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = Buffer.alloc(3_000_000, "0123456789\n");
mkdirSync(join(folder, "logs", "more"), { recursive: true });
const plain = join(folder, "logs", "a.ndjson");
const packed = join(folder, "logs", "more", "b.ndjson.gz");
writeFileSync(plain, content);
writeFileSync(packed, gzipSync(content));
writeFileSync(join(folder, "broken.gz"), gzipSync(content).subarray(0, 900));

/** A site that keeps what it is sent, and has the first `received` bytes already. */
function setUp(received = 0) {
  const screen = fakeTerminal({ width: 100 });
  const parts: Buffer[] = [];
  const site = {
    uploadState: () => Promise.resolve({ received, report: null }),
    uploadPart: (_request, offset, bytes) => {
      expect(offset).toBe(received + Buffer.concat(parts).length);
      parts.push(Buffer.from(bytes));
      return Promise.resolve({ received: offset + bytes.length, report: null });
    },
    takeUpload: (request) => {
      const firstUnreadable = "7: no JSON";
      const counts = { messages: 5, known: 2, unreadable: 1, firstUnreadable };
      return Promise.resolve({
        ...request,
        profile: "machine-json",
        ...counts,
        takenAt: "2026-11-25T00:00:00Z",
      });
    },
  } as Partial<SiteConnection> as SiteConnection;
  return { screen, parts, context: { terminal: screen.terminal, site } };
}

describe("npx fieldlake upload", () => {
  test("a folder with all below it; what is packed is sent as what is inside", async () => {
    const { screen, parts, context } = setUp();
    parts.length = 0;
    await upload([plain], { device: "press-01", channel: "telemetry" }, context);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    expect(screen.output()).toContain("machine-json");
    expect(screen.notes.join("\n")).toContain("a.ndjson: the first that is no record is at 7: no JSON");
    expect(await identify(packed)).toEqual(await identify(plain));
  });

  test("it goes on where the site is, in parts of the asked size", async () => {
    const { parts, context } = setUp(2_500_000);
    await upload([packed], { device: "press-01", channel: "telemetry", json: true }, context);
    expect(Buffer.concat(parts).equals(content.subarray(2_500_000))).toBe(true);
    const sizes: number[] = [];
    for await (const part of partsOf(plain, 1_000_001, 700_000)) sizes.push(part.length);
    expect(sizes).toEqual([700_000, 700_000, 599_999]);
  });

  test("a file that was taken before is not sent again, and the output says so", async () => {
    const { screen, parts, context } = setUp();
    const { sha256, bytes } = await identify(plain);
    const site: SiteConnection = {
      ...context.site,
      uploadState: async (request) => ({ received: bytes, report: await context.site.takeUpload(request) }),
    };
    await upload([plain], { device: "press-01", channel: "telemetry" }, { ...context, site });
    expect(parts).toEqual([]);
    expect(sha256).toHaveLength(64);
    expect(screen.notes.join("\n")).toContain(
      "a.ndjson: taken before, at 2026-11-25T00:00:00Z; nothing changes",
    );
  });

  test("one bad file doesn't keep the others from the lake, and is named", async () => {
    const { screen, context } = setUp();
    const paths = [join(folder, "broken.gz"), plain];
    const options = { device: "press-01", channel: "telemetry", json: true };
    await expect(upload(paths, options, context)).rejects.toThrow(
      /1 file of 2 could not be taken:\n.*broken\.gz/,
    );
    expect(JSON.parse(screen.output())).toMatchObject({ files: [{ name: "a.ndjson" }] });
    await expect(upload([join(folder, "none")], options, context)).rejects.toThrow("there is no file");
  });
});
