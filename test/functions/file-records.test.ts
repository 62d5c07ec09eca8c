/** XML and INI files as the records of their profile: what they become, and what is refused with the file. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FileRule } from "../../functions/core/profiles/profile.ts";
import { validateProfile } from "../../functions/core/profiles/schema.ts";
import { FileRefusal } from "../../functions/core/files/refusal.ts";
import { recordsOf } from "../../functions/files/records/records-of.ts";
import { decodeWith, message } from "./support.ts";

const fields = [
  { path: "temperature", unit: "Cel" },
  { path: "cycles", type: "int" },
  { path: "running", type: "bool" },
  { path: "above.report.@machine", metric: "machine", type: "text" },
  { path: "sensor[0].#text", metric: "first" },
] as const;

const profileOf = (file: FileRule | undefined, more: object = {}) =>
  validateProfile(
    {
      ...{ name: "press-drop", version: "1", description: "Files of a press", format: "json" },
      ...{ time: { path: "@at", unit: "iso" }, fields, ...more },
      ...(file === undefined ? {} : { file }),
    },
    "it",
  );

/** In pieces of so many bytes. */
async function* pieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  content: string | Uint8Array,
  file: FileRule,
  { size = 1 << 20, more = {} }: { size?: number; more?: object } = {},
): Promise<string[]> {
  let text = "";
  for await (const lines of recordsOf(pieces(content, size), profileOf(file, more))) text += lines.toString();
  return text.split("\n").slice(0, -1);
}

const entries = { format: "xml", record: "report.entry" } as const;
const cycles = { format: "ini", record: "Cycle*" } as const;

const report = `<?xml version="1.0" encoding="UTF-8"?>
<!-- of the night shift -->
<p:report xmlns:p="urn:press" machine="P&amp;1 &#x2116;"><head><date>2026-11-25</date></head>
  <p:entry at="2026-11-25T06:00:00Z"><temperature> 21.50 </temperature><cycles>18446744073709551615</cycles>
    <running>TRUE</running><sensor unit="bar">007</sensor><note>a &lt; b <![CDATA[<c>]]></note><empty/></p:entry>
  <p:entry at="2026-11-25T06:01:00Z"><temperature>NaN</temperature><cycles>1.5</cycles><sensor unit="bar">-.5</sensor><sensor>x</sensor></p:entry>
</p:report>
`;

describe("XML", () => {
  const expected = [
    '{"@at":"2026-11-25T06:00:00Z","temperature":21.50,"cycles":18446744073709551615,"running":true,' +
      '"sensor":[{"@unit":"bar","#text":7}],"note":"a < b <c>","above":{"report":{"@machine":"P&1 \u2116"}}}',
    '{"@at":"2026-11-25T06:01:00Z","temperature":null,"cycles":"1.5",' +
      '"sensor":[{"@unit":"bar","#text":-0.5},"x"],"above":{"report":{"@machine":"P&1 \u2116"}}}',
  ];

  test("elements, attributes and texts are keys; numbers keep their digits; what precedes a record is above it", async () => {
    expect(await read(report, entries)).toEqual(expected);
  });

  test("is the same wherever its bytes are cut, and in other encodings", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        expect(await read(report, entries, { size })).toEqual(expected);
      }),
      { numRuns: 12 },
    );
    expect(await read(Buffer.from(`\ufeff${report}`, "utf16le"), entries, { size: 4_000 })).toEqual(expected);
    const latin =
      '<?xml version="1.0" encoding="ISO-8859-1"?><report><entry><name>Gr\u00fcn</name></entry></report>';
    expect(await read(Buffer.from(latin, "latin1"), entries)).toEqual(['{"name":"Gr\u00fcn"}']);
  });

  test("without a path of records is one, and a decimal comma is told by the profile", async () => {
    const one = "<report><temperature>1.234,5</temperature><x.y>1</x.y></report>";
    expect(await read(one, { format: "xml", decimal: "," })).toEqual(['{"temperature":"1.234,5","x_y":"1"}']);
    const comma = "<r><temperature>-21,5</temperature><other>3</other></r>";
    expect(await read(comma, { format: "xml", decimal: "," }, { more: { others: "readings" } })).toEqual([
      '{"temperature":-21.5,"other":3}',
    ]);
  });

  const bomb = `<!DOCTYPE x [<!ENTITY a "${"ha".repeat(10)}"><!ENTITY b "&a;&a;&a;&a;">]><report><entry>&b;</entry></report>`;
  test.each<[string, string | Uint8Array, RegExp]>([
    ["entities that multiply", bomb, /document type/],
    [
      "entities of other files",
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><report>&f;</report>',
      /document type/,
    ],
    ["a document type elsewhere", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><report/>', /document type/],
    ["an entity that nobody declared", "<report><entry>&b;</entry></report>", /no well-formed XML: .*entity/],
    ["a thousand elements inside each other", "<a>".repeat(1_000), /more than 64 elements/],
    ["a text without end", `<report><entry>${"x".repeat(3 << 20)}`, /of more than 1048576 characters/],
    [
      "an attribute without end",
      `<report><entry a="${"x".repeat(3 << 20)}`,
      /of more than 1048576 characters/,
    ],
    ["a record without end", `<report><entry>${"<a>12345</a>".repeat(400_000)}`, /a record of more than/],
    ["half a file", report.slice(0, 400), /no well-formed XML: .*unclosed tag/],
    ["what is behind the end", `${report}<more/>`, /no well-formed XML/],
    ["another document", "<html><entry/></html>", /holds no element report.entry/],
    ["nothing", "", /no well-formed XML|holds no/],
    ["no text", Buffer.from([0x3c, 0x61, 0xff, 0xfe, 0xfd]), /its bytes are no utf-8/],
    ["an encoding that is none", '<?xml version="1.0" encoding="utf-7"?><report/>', /its encoding is utf-7/],
  ])("is refused with %s", async (_, content, message) => {
    await expect(read(content, entries)).rejects.toThrow(message);
  });

  test("names of what objects inherit are names like others", async () => {
    const hostile =
      "<report><entry><__proto__><x>1</x></__proto__><constructor>2</constructor></entry></report>";
    expect(await read(hostile, entries)).toEqual(['{"__proto__":{"x":"1"},"constructor":"2"}']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("INI", () => {
  const file =
    '; shift 2\r\n[report]\r\n@machine = P1\r\n\r\n[Cycle 1]\r\n@at=2026-11-25T06:00:00Z\r\ntemperature="21.5"\r\n' +
    "cycles: 7\r\nempty=\r\n[Other]\r\ntemperature=9\r\n[Cycle 2] ; last\r\nrunning=0\r\nurl=http://x/?a=b";
  const expected = [
    '{"@section":"Cycle 1","@at":"2026-11-25T06:00:00Z","temperature":21.5,"cycles":7,"above":{"report":{"@machine":"P1"}}}',
    '{"@section":"Cycle 2","running":false,"url":"http://x/?a=b","above":{"report":{"@machine":"P1"}}}',
  ];

  test("sections that the profile names are records, wherever the bytes are cut", async () => {
    expect(await read(file, cycles)).toEqual(expected);
    for (const size of [1, 2, 7]) expect(await read(file, cycles, { size })).toEqual(expected);
    expect(await read(file.replaceAll("\r\n", "\r"), cycles, { size: 5 })).toEqual(expected);
  });

  test("without such is one record, a section a key", async () => {
    expect(await read("a=1\n[s.t]\nb=2\n", { format: "ini" })).toEqual(['{"a":"1","s_t":{"b":"2"}}']);
    const latin = { format: "ini", encoding: "windows-1252" } as const;
    expect(await read(Buffer.from("state=gr\u00fcn", "latin1"), latin)).toEqual(['{"state":"gr\u00fcn"}']);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ["a line that is neither", "[Cycle]\nx=1\nhello\n", /line 3: "hello"; allowed: \[section\]/],
    ["no such section", "[Other]\nx=1\n", /holds no section \[Cycle\*\]/],
    ["nothing in it", "", /holds no section/],
    ["a line without end", "x".repeat(2 << 20), /line 1 of more than 1048576 characters/],
    ["a record without end", `[Cycle]\n${"key=12345\n".repeat(200_000)}`, /a record of more than/],
    ["no text", Buffer.from([0x61, 0x3d, 0xff]), /its bytes are no utf-8/],
  ])("is refused with %s", async (_, content, message) => {
    await expect(read(content, cycles)).rejects.toThrow(message);
  });
});

test("samples below a record are an array where there is one too, and become rows of their own times", async () => {
  const more = {
    ...{ time: { path: "t", unit: "s" }, samples: "log.sample", others: "ignore" },
    fields: [{ path: "v", metric: "vibration" }],
  };
  const xml = "<run><log><sample><t>1600000000</t><v>0.5</v></sample></log></run>";
  const [line] = await read(xml, { format: "xml" }, { more });
  expect(line).toBe('{"log":{"sample":[{"t":1600000000,"v":0.5}]}}');
  const profile = profileOf({ format: "xml" }, more);
  const { readings, quarantined } = decodeWith(profile, [message(String(line))]);
  expect(quarantined).toEqual([]);
  expect(readings.map(({ metric, valueDouble, tsRaw, ts }) => [metric, valueDouble, tsRaw ?? ts])).toEqual([
    ["vibration", 0.5, 1_600_000_000_000_000],
  ]);
});

test("what precedes the records is read in each of their samples too, where the profile asks for it there", async () => {
  const more = {
    ...{ time: { path: "above.run.@at", unit: "iso" }, samples: "log.sample", sequence: { path: "@n" } },
    fields: [{ path: "v" }, { path: "above.run.machine", metric: "machine", type: "text" }],
  };
  const xml =
    '<run at="2026-11-25T06:00:00Z"><machine>P1</machine><c n="1"><log><sample><v>1</v></sample><sample><v>2</v></sample></log>' +
    '</c><c n="2"><log><sample>5</sample></log></c></run>';
  const rule = { format: "xml", record: "run.c" } as const;
  const said = '"above":{"run":{"@at":"2026-11-25T06:00:00Z","machine":"P1"}}';
  const found = await read(xml, rule, { more });
  expect(found).toEqual([
    `{"@n":1,"log":{"sample":[{"v":1,${said}},{"v":2,${said}}]}}`,
    '{"@n":2,"log":{"sample":["5"]}}',
  ]);
  const { readings } = decodeWith(profileOf(rule, more), [message(String(found[0]))]);
  expect(readings.map(({ metric, valueDouble, valueText }) => [metric, valueDouble ?? valueText])).toEqual([
    ["v", 1],
    ["machine", "P1"],
    ["v", 2],
    ["machine", "P1"],
  ]);
  expect(readings.every(({ ts, tsRaw }) => (tsRaw ?? ts) === Date.UTC(2026, 10, 25, 6) * 1_000)).toBe(true);
  const both = { ...more, sequence: { path: "above.run.@n" } };
  const [line] = await read(xml.replace("<run ", '<run n="7" '), rule, { more: both });
  expect(JSON.parse(String(line))).toMatchObject({ above: { run: { "@n": 7 } } });
});

test("what precedes the records is no array: a profile that takes it for one is told", () => {
  const rule = { format: "xml", record: "run.c" } as const;
  expect(() => profileOf(rule, { samples: "above.run.sample" })).toThrow(/samples: allowed: a path within/);
  const fields = [{ path: "above.run.sensor[1].v" }];
  expect(() => profileOf(rule, { fields })).toThrow(/fields: allowed: paths that begin with/);
  expect(() => profileOf(undefined, { samples: "above.run.sample", fields })).not.toThrow();
});

test("whatever a file holds, it becomes lines of JSON or is refused", async () => {
  const marks = fc.constantFrom(
    "<",
    ">",
    "&",
    ";",
    "[",
    "]",
    "=",
    '"',
    "'",
    "/",
    "!",
    "?",
    "\n",
    "\r",
    "]]>",
    "\u0000",
    "&#0;",
  );
  const change = fc.record({ at: fc.nat({ max: report.length }), cut: fc.nat({ max: 30 }), put: marks });
  const rules: FileRule[] = [entries, { format: "xml" }, cycles, { format: "ini" }];
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 4 }),
      fc.constantFrom(...rules),
      fc.integer({ min: 1, max: 200 }),
      async (changes, rule, size) => {
        const text = changes.reduce(
          (left, { at, cut, put }) => left.slice(0, at) + put + left.slice(at + cut),
          report,
        );
        try {
          for (const line of await read(text, rule, { size })) expect(typeof JSON.parse(line)).toBe("object");
        } catch (error) {
          expect(error).toBeInstanceOf(FileRefusal);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("a rule for files is of profiles that read JSON, and is checked like the rest", () => {
  expect(() => profileOf({ format: "yaml" } as unknown as FileRule)).toThrow("file");
  expect(() => profileOf({ format: "xml", record: "a..b" })).toThrow(/file.record: allowed: keys joined by/);
  expect(() => profileOf({ format: "xml" }, { format: "cbor" })).toThrow(/file/);
});
