/** The commands that run other people's TS013 codecs: collections of them, and vectors that name one by its hash. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { codecs } from "../../fleet/commands/codecs.ts";
import { vectors } from "../../fleet/commands/vectors.ts";
import { fakeTerminal } from "./support/terminal.ts";

const codec = `function decodeUplink(input) {
  if (input.fPort === 9) throw new Error("mine");
  if (input.fPort === 8) for (;;);
  if (input.fPort === 7) return { errors: ["unknown port"] };
  return { data: { value: input.bytes[0], at: input.recvTime.toISOString() } };
}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "codecs-"));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("things/vendor/acme/a.js", codec);
  write(
    "things/vendor/acme/a-codec.yaml",
    `uplinkDecoder:
  fileName: a.js
  examples:
    - description: hexadecimal numbers, and a time
      input: { fPort: 1, bytes: [0x1f], recvTime: 2024-05-01T00:00:00Z }
      output: { data: { value: 31, at: 2024-05-01T00:00:00.000Z } }
    - { description: another value, input: { fPort: 1, bytes: [1] }, output: { data: { value: 2 } } }
    - { description: an error, input: { fPort: 7, bytes: [1] }, output: { errors: [unknown port] } }
    - { description: throws, input: { fPort: 9, bytes: [1] }, output: { data: {} } }
    - { description: never ends, input: { fPort: 8, bytes: [1] }, output: { data: {} } }
`,
  );
  write(
    "things/vendor/acme/b-codec.yaml",
    "uplinkDecoder: { fileName: b.js, examples: [{ input: { bytes: [1] }, output: {} }] }",
  );
  write("things/vendor/acme/c.js", "function Decoder() {}");
  write(
    "things/vendor/acme/c-codec.yaml",
    "uplinkDecoder: { fileName: c.js, examples: [{ input: { bytes: [1] }, output: {} }] }",
  );
  write("things/vendor/acme/d-codec.yaml", "uplinkDecoder: [");
  write("stack/vendors/acme/codecs/a-10.js", codec);
  write(
    "stack/vendors/acme/codecs/test_decode_a.json",
    '[{"name":"one","input":{"fPort": 0x1, // one\n"bytes":[0x10]},"expected":{"data":{"value":16,"at":"2024-01-01T00:00:00.000Z"}}}]',
  );
  write(
    "vectors/ts013.json",
    JSON.stringify(
      [
        {
          bytes: "05",
          expected: { data: { value: 5 } },
          sha256: createHash("sha256").update(codec).digest("hex"),
        },
        { bytes: "05", expected: { data: {} }, sha256: "0".repeat(64) },
      ].map(({ bytes, expected, sha256 }) => ({
        ...{ source: "own", format: "ts013", name: "n", inputHex: bytes, fPort: 1, expected },
        codec: { repository: "own", commit: "", path: "a.js", sha256 },
      })),
    ),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a collection's examples, counted by what becomes of them; each that does not match is named", async () => {
  const { terminal, output } = fakeTerminal();
  await codecs(join(folder, "things"), { json: true }, { terminal });
  const report = JSON.parse(output()) as Record<string, unknown>;
  expect(report["counts"]).toEqual({
    ...{ matches: 2, differs: 1, threw: 1, timeout: 1 },
    ...{ "does not load": 1, "no codec": 1, "too-large": 0 },
  });
  expect(report).toMatchObject({
    ...{ files: 4, codecs: 2, examples: 7 },
    unreadable: [{ file: "vendor/acme/d-codec.yaml" }],
    mismatches: expect.arrayContaining([
      expect.objectContaining({
        example: "another value",
        outcome: "differs",
        detail: expect.stringContaining("value"),
      }),
      expect.objectContaining({ example: "throws", outcome: "threw", detail: "Error: mine" }),
    ]),
  });
});

test("ChirpStack's form: the codec of the same name or a variant's, numbers as JSON has none", async () => {
  const { terminal, output } = fakeTerminal();
  await codecs(join(folder, "stack"), {}, { terminal });
  expect(output()).toMatch(/matches +│ +1 │/);
  expect(output()).toContain("1 examples in 1 files, of 1 codecs");
  await expect(codecs(join(folder, "vectors"), {}, { terminal })).rejects.toThrow(/no examples/);
});

test("vectors find their codec by its hash; what is not at hand is not run, and one that differs fails", async () => {
  const counts = async (...folders: string[]) => {
    const { terminal, output } = fakeTerminal();
    const run = vectors(join(folder, "vectors"), { json: true, codecs: folders }, { terminal });
    const failed = await run.then(
      () => false,
      () => true,
    );
    return { failed, ...(JSON.parse(output()) as { formats: object; failures: object[] }) };
  };
  expect(await counts()).toMatchObject({
    failed: false,
    formats: { ts013: { passed: 0, failed: 0, notRun: 2 } },
  });
  const run = await counts(join(folder, "things"));
  expect(run).toMatchObject({ failed: true, formats: { ts013: { passed: 0, failed: 1, notRun: 1 } } });
  expect(run.failures).toMatchObject([{ complaint: expect.stringContaining("data.at") }]);
});
