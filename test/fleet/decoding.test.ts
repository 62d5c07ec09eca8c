/** The commands for whoever makes a device speak: decode, profile, vectors. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Command } from "commander";
import { addDecodingCommands } from "../../fleet/decoding-program.ts";
import { CommandError } from "../../fleet/errors.ts";
import { profileSchemaText } from "../../profiles/schema-file.ts";
import { profileTemplates } from "../../profiles/templates.ts";
import { fakeTerminal } from "./support/terminal.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "decoding-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: readonly string[]) {
  const screen = fakeTerminal();
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addDecodingCommands(program, { terminal: screen.terminal }, () => "");
  let error: Error | null = null;
  try {
    await program.parseAsync(["node", "fieldlake", ...words]);
  } catch (thrown) {
    error = thrown as Error;
  }
  return { output: screen.output(), notes: screen.notes.join("\n"), error };
}

describe("fieldlake decode", () => {
  const arrival = ["--received", "2024-11-25T10:20:05Z"];

  test("prints rows, frames, warnings and what would go to quarantine", async () => {
    const lpp = await run("decode", "--profile", "tracker-lpp", "--hex", "0367 0110", ...arrival);
    expect(lpp).toMatchObject({ error: null, notes: "" });
    expect(lpp.output).toMatch(/2024-11-25T10:20:05.000000Z │ 3 +│ temperature │ 27.2 +│ Cel +│ good/);
    const mitch = await run("decode", "--profile", "mitch-v2", "--hex", "010064c8", ...arrival);
    expect(mitch.output).toMatch(/frames_mitch_v2_distance[^]*distance_1 \[m\][^]*0\.1 +│ 0\.2/);
    const bad = await run("decode", "--profile", "tracker-lpp", "--hex", "03ff", ...arrival);
    expect(bad.notes).toMatch(/quarantine unknown-type: unknown data type 0xff/);
  });

  test("as JSON with digits and bytes that JSON can't hold, or as a golden vector", async () => {
    const { output } = await run(
      "decode",
      "--profile",
      "tracker-lpp",
      "--hex",
      "03670110",
      "--json",
      ...arrival,
    );
    expect(JSON.parse(output)).toMatchObject({
      readings: [
        { metric: "temperature", valueDouble: 27.2, msgId: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
      quarantined: [],
    });
    const vector = await run(
      "decode",
      "--profile",
      "tracker-lpp",
      "--hex",
      "03670110",
      "--vector",
      ...arrival,
    );
    expect(JSON.parse(vector.output)).toMatchObject({
      payloadHex: "03670110",
      receivedAt: "2024-11-25T10:20:05.000000Z",
      expected: { readings: [{ metric: "temperature", value: 27.2, subDevice: "3" }] },
    });
  });

  test("a log file, record by record, as many as asked for", async () => {
    const file = join(folder, "day.csv");
    writeFileSync(
      file,
      "time,temperature,running\n2014-11-25T10:20:00Z,1,1\n2014-11-25T10:21:00Z,x,0\n2014-11-25T10:22:00Z,3,0\n",
    );
    const all = await run("decode", "--profile", "logger-csv", "--file", file);
    expect(all.output).toMatch(/2014-11-25T10:20:00.000000Z[^]*2014-11-25T10:22:00/);
    expect(all.notes).toMatch(
      /quarantine schema: partly decoded: line 2: temperature is "x"|temperature is "x"/,
    );
    const few = await run("decode", "--profile", "logger-csv", "--file", file, "--limit", "1");
    expect(few.notes).toMatch(/and 4 more rows/);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["no payload", ["--profile", "tracker-lpp"], /nothing to decode/],
    ["odd digits", ["--profile", "tracker-lpp", "--hex", "036"], /not hex digits/],
    ["a profile that there is not", ["--profile", "toaster", "--hex", "00"], /no profile "toaster"/],
    [
      "a file that there is not",
      ["--profile", "logger-csv", "--file", "/nowhere.csv"],
      /nowhere.csv can't be read/,
    ],
    [
      "a time that is none",
      ["--profile", "tracker-lpp", "--hex", "00", "--received", "noon"],
      /--received noon/,
    ],
  ])("%s: says what is allowed", async (_, words, complaint) => {
    const { error } = await run("decode", ...words);
    expect(error).toBeInstanceOf(CommandError);
    expect(error?.message).toMatch(complaint);
  });
});

describe("fieldlake profile", () => {
  test.each(Object.keys(profileTemplates))("new --format %s starts one that check takes", async (format) => {
    const made = await run("profile", "new", `my-${format}`, "--format", format, "--in", folder);
    expect(made.error).toBeNull();
    const checked = await run("profile", "check", join(folder, `my-${format}`));
    expect(checked).toMatchObject({ error: null });
    const codec = format === "ts013" ? "  codec [0-9a-f]{64}\n" : "";
    expect(checked.output).toMatch(new RegExp(`^my-${format}: ok, 3 of 3 vectors hold\n${codec}$`));
    const vectors = JSON.parse(readFileSync(join(folder, `my-${format}`, "vectors.json"), "utf8")) as {
      expected: { readings?: unknown; quarantined?: string };
    }[];
    // Examples that show something: one is read, one refused.
    expect(vectors.some(({ expected }) => expected.readings && expected.quarantined === undefined)).toBe(
      true,
    );
    expect(vectors.some(({ expected }) => expected.quarantined !== undefined)).toBe(true);
  });

  test("check finds a vector that does not hold, a unit that IANA does not know, a name that is not the folder's", async () => {
    await run("profile", "new", "bad-one", "--format", "json", "--in", folder);
    const path = (file: string) => join(folder, "bad-one", file);
    const edit = (file: string, from: string, to: string) =>
      writeFileSync(path(file), readFileSync(path(file), "utf8").replace(from, to));
    edit("vectors.json", "21.5", "22.5");
    edit("profile.json", '"Cel"', '"degC"');
    edit("profile.json", '"name": "bad-one"', '"name": "bad-two"');
    const { output, error } = await run("profile", "check", join(folder, "bad-one"));
    expect(error?.message).toBe("1 of 1 profiles have mistakes");
    expect(output).toMatch(/unit "degC" is no symbol/);
    expect(output).toMatch(/its name is "bad-two", its folder "bad-one"/);
    expect(output).toMatch(/vector "a running machine": /);
    writeFileSync(path("profile.json"), "{}");
    expect((await run("profile", "check", join(folder, "bad-one"))).output).toMatch(/format/);
  });

  test("new refuses a name, a format and a folder that can't be", async () => {
    expect((await run("profile", "new", "Bad", "--format", "json", "--in", folder)).error?.message).toMatch(
      /"Bad" is no name/,
    );
    expect((await run("profile", "new", "x", "--format", "xml", "--in", folder)).error?.message).toMatch(
      /no format "xml"/,
    );
    await run("profile", "new", "twice", "--format", "json", "--in", folder);
    expect((await run("profile", "new", "twice", "--format", "json", "--in", folder)).error?.message).toMatch(
      /exists already/,
    );
  });

  test("the schema for editors is the one that checks", async () => {
    const file = readFileSync(new URL("../../profiles/profile.schema.json", import.meta.url), "utf8");
    expect((await run("profile", "schema")).output).toBe(file);
    expect(profileSchemaText()).toBe(file);
  });
});

describe("fieldlake vectors", () => {
  const vector = {
    source: "own",
    format: "cayenne-lpp",
    name: "t",
    inputHex: "03670110",
    expected: { values: [{ channel: 3, type: 103, value: 27.2 }] },
  };

  test("passed and failed by format, each failure with its reason, as JSON too", async () => {
    const bad = { ...vector, name: "wrong", inputHex: "03670111" };
    const other = { ...vector, format: "ts999" };
    const some = mkdtempSync(join(folder, "vectors-"));
    writeFileSync(join(some, "a.json"), JSON.stringify([vector, bad, other]));
    const plain = await run("vectors", some);
    expect(plain.error?.message).toBe("1 vectors failed");
    expect(plain.output).toMatch(
      /cayenne-lpp │ +1 │ +1 │ +0 │[^]*ts999 +│ +0 │ +0 │ +1 │[^]*failed cayenne-lpp, wrong: .*27.2/,
    );
    const json = await run("vectors", some, "--json");
    expect(JSON.parse(json.output)).toMatchObject({
      formats: { "cayenne-lpp": { passed: 1, failed: 1, notRun: 0 }, ts999: { notRun: 1 } },
      failures: [{ format: "cayenne-lpp", name: "wrong", complaint: expect.stringContaining("27.2") }],
    });
    writeFileSync(join(some, "a.json"), JSON.stringify([vector]));
    expect((await run("vectors", some)).error).toBeNull();
  });

  test.each([
    ["no JSON", "{", /is no JSON/],
    ["no array of vectors", '[{"name":"x"}]', /no array of vectors/],
  ])("%s: says which file", async (_, text, complaint) => {
    const some = mkdtempSync(join(folder, "vectors-"));
    writeFileSync(join(some, "a.json"), text);
    expect((await run("vectors", some)).error?.message).toMatch(complaint);
    expect((await run("vectors", join(some, "none"))).error?.message).toMatch(/can't be read/);
  });
});
