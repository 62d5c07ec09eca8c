import { afterAll, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, gzipSync } from "node:zlib";
import { upload } from "../../fleet/commands/upload.ts";
import { environmentFolders } from "../../fleet/environment.ts";
import { CommandError, exitCodes } from "../../fleet/errors.ts";
import type { SiteConnection } from "../../fleet/site-client.ts";
import { channelFor } from "../../fleet/uploads/channel.ts";
import { partsOf } from "../../fleet/uploads/bulk.ts";
import { anchorOf, offsetOf } from "../../fleet/uploads/clock.ts";
import { filesOf, identify } from "../../fleet/uploads/content.ts";
import { fakeTerminal } from "./support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-upload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = Buffer.alloc(3_000_000, "0123456789\n");
mkdirSync(join(folder, "logs", "more"), { recursive: true });
const plain = join(folder, "logs", "a.ndjson");
const packed = join(folder, "logs", "more", "b.ndjson.gz");
writeFileSync(plain, content);
writeFileSync(packed, gzipSync(content));

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
      const counts = {
        messages: 5,
        known: 2,
        unreadable: 1,
        firstUnreadable,
        clockJumps: 0,
        ...{
          rows: 1,
          quarantined: 0,
          firstQuarantined: null,
          undated: 2,
          firstUndated: "3: at is no time in iso",
          span: null,
        },
        firstClockJump: null,
      };
      return Promise.resolve({
        ...request,
        profile: "machine-json",
        container: null,
        ...counts,
        takenAt: "2026-11-25T00:00:00Z",
      });
    },
  } as Partial<SiteConnection> as SiteConnection;
  return { screen, parts, context: { terminal: screen.terminal, site, folders: environmentFolders(folder) } };
}

describe("npx fieldlake upload", () => {
  test("a file, byte by byte; what is packed is sent as it is", async () => {
    const { screen, parts, context } = setUp();
    parts.length = 0;
    await upload([plain], { device: "press-01", channel: "telemetry" }, context);
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    expect(screen.output()).toContain("machine-json");
    expect(screen.notes.join("\n")).toContain("a.ndjson: the first that is no record is at 7: no JSON");
    expect(screen.notes.join("\n")).toMatch(
      /2 messages without a time .* the first at 3: at is no time in iso/,
    );
    expect(await filesOf([folder])).toEqual([plain, packed].toSorted());
    const sha256 = createHash("sha256").update(readFileSync(packed)).digest("hex");
    expect(await identify(packed, 4 << 20)).toMatchObject({ sha256, bytes: statSync(packed).size });
  });

  test("it goes on where the site is, and knows each part by its checksum", async () => {
    const { parts, context } = setUp(2_500_000);
    await upload([plain], { device: "press-01", channel: "telemetry", json: true }, context);
    expect(Buffer.concat(parts).equals(content.subarray(2_500_000))).toBe(true);
    const { checksum, partChecksums } = await identify(plain, 700_000);
    expect(checksum).toBe(crc32(content));
    expect(partChecksums).toEqual(
      partsOf(content.length, 700_000).map(({ start, end }) => crc32(content.subarray(start, end))),
    );
  });

  test("a file that was taken before is not sent again, and the output says so", async () => {
    const { screen, parts, context } = setUp();
    const { sha256, bytes } = await identify(plain, 4 << 20);
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

  test("a clock as a person says it", async () => {
    expect([..."+2h,-90s,1d12h,0.25,1.5ms".split(",")].map(offsetOf)).toEqual([
      7_200_000_000, -90_000_000, 129_600_000_000, 250_000, 1_500,
    ]);
    for (const bad of ["", "2 hours", "h", "1h2", "+-3s", "1e9", "99999999999d"])
      expect(() => offsetOf(bad)).toThrow("allowed: what to add");
    const first = anchorOf("1970-01-01T00:00:10Z=2026-11-25T09:00:00+01:00");
    expect(anchorOf("70.5=1764057660.5", first)).toEqual([
      { device: 10_000_000, real: 1_795_593_600_000_000 },
      { device: 70_500_000, real: 1_764_057_660_500_000 },
    ]);
    for (const bad of ["", "1", "1=2=3", "today=2026-11-25T09:00:00Z", "2026-11-25T09:00:00=5"])
      expect(() => anchorOf(bad)).toThrow("allowed: what the device showed");
    const { screen, context } = setUp();
    const options = { device: "press-01", channel: "telemetry", json: true };
    await upload([plain], { ...options, offset: -90_000_000 }, context);
    expect(JSON.parse(screen.output())).toMatchObject({ files: [{ clock: "0=-90000000" }] });
    await expect(upload([plain], { ...options, offset: 1, anchor: first }, context)).rejects.toThrow(
      "give one of them",
    );
    const apart = anchorOf("11=5000", first);
    await expect(upload([plain], { ...options, anchor: apart }, context)).rejects.toThrow(
      "--anchor: between",
    );
  });

  test("one bad file doesn't keep the others from the lake, and is named", async () => {
    const { screen, parts, context } = setUp();
    const site: SiteConnection = {
      ...context.site,
      takeUpload: (request) => {
        parts.length = 0;
        return request.name === "b.ndjson.gz"
          ? Promise.reject(new CommandError("the gzip file is damaged", exitCodes.failed))
          : context.site.takeUpload(request);
      },
    };
    const options = { device: "press-01", channel: "telemetry", json: true };
    await expect(upload([packed, plain], options, { ...context, site })).rejects.toThrow(
      /1 file of 2 could not be taken:\n.*b\.ndjson\.gz: the gzip file is damaged/,
    );
    expect(JSON.parse(screen.output())).toMatchObject({ files: [{ name: "a.ndjson" }] });
    await expect(upload([join(folder, "none")], options, context)).rejects.toThrow("there is no file");
  });
});

describe("--profile", () => {
  const lanes = async () => [
    { channel: "telemetry", profile: "machine-json", format: "json" },
    { channel: "telemetry/log", profile: "logger-csv", format: "csv" },
    { channel: "telemetry/old", profile: "logger-csv", format: "csv" },
  ];
  const device = "press-01";

  test("chooses the channel that it is bound to, the first of several, or the one that is named", async () => {
    expect(await channelFor({ device, profile: "logger-csv" }, lanes)).toBe("telemetry/log");
    expect(await channelFor({ device, profile: "logger-csv", channel: "telemetry/old" }, lanes)).toBe(
      "telemetry/old",
    );
    const never = () => Promise.reject(new Error("asked"));
    expect(await channelFor({ device }, never)).toBe("telemetry");
    expect(await channelFor({ device, channel: "events" }, never)).toBe("events");
  });

  test("one that is not bound there is refused with those that are, before anything is sent", async () => {
    const asked = channelFor({ device, profile: "logger-csv", channel: "telemetry" }, lanes);
    await expect(asked).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message:
        '--profile: received "logger-csv" with --channel telemetry; allowed for press-01: machine-json on telemetry, ' +
        "logger-csv on telemetry/log, logger-csv on telemetry/old",
    });
    const { context, parts } = setUp();
    const site = { ...context.site, uploadLanes: async () => [] };
    await expect(upload([plain], { device, profile: "logger-csv" }, { ...context, site })).rejects.toThrow(
      "none, no profile is bound to it",
    );
    expect(parts).toEqual([]);
  });
});
