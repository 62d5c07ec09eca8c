/** What is worked out of what the lake holds: outlooks of series, and what words lead to. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Fieldlake } from "../../../clients/typescript/client.ts";
import { forecast } from "../../../functions/insights/forecast/forecast.ts";
import { outlookOf } from "../../../site/console/thinking/outlook.ts";
import { kindsOf } from "../../../site/console/thinking/knowledge.ts";
import { SearchIndex, wordsOf, type Entry } from "../../../site/console/thinking/search-index.ts";
import { Thinker } from "../../../site/console/thinking/thinker.ts";
import { seasonal } from "../../functions/insights/support.ts";
import { startRealApi, type RealApi } from "./support/real-api.ts";

describe("an outlook", () => {
  const began = Date.UTC(2026, 10, 1);
  const time = Array.from({ length: 600 }, (_, index) => began + index * 60_000);
  const daily = [...seasonal(600, 48)];

  test("is what the command line says of the same values, with the spike that is in them", () => {
    const mean = daily.map((value, index) => (index === 500 ? 60 : value));
    const { forecast: said, anomalies, step, values } = outlookOf({ time, mean }, { ahead: 24, level: 0.8 });
    expect([step, values, said?.time[0], said?.seasons]).toEqual([60_000, 600, began + 600 * 60_000, [48]]);
    expect(said?.point).toEqual([...forecast(Float64Array.from(mean), { horizon: 24, level: 0.8 }).point]);
    expect(said?.lower.every((low, index) => low <= (said.upper[index] ?? NaN))).toBe(true);
    expect(anomalies.map(({ kind, peak, value }) => [kind, peak, value])).toContainEqual([
      "spike",
      time[500],
      60,
    ]);
  });

  test("of few values, of one time, or of none says nothing, and is always whole JSON", () => {
    expect(outlookOf({ time: [], mean: [] }, { ahead: 5, level: 0.9 })).toMatchObject({
      values: 0,
      forecast: null,
    });
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e7 }), value), { maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 20 }), (pairs, ahead) => {
        const sorted = pairs.toSorted(([a], [b]) => a - b);
        const series = { time: sorted.map(([at]) => began + at * 1000), mean: sorted.map(([, one]) => one) };
        const outlook = outlookOf(series, { ahead, level: 0.9 });
        expect(JSON.parse(JSON.stringify(outlook))).toEqual(outlook);
      }),
      { numRuns: 60 },
    );
  });
});

describe("an index", () => {
  const entry = (kind: Entry["kind"], device: string | null, title: string, text = ""): Entry => {
    return { kind, device, title, text, about: {} };
  };
  const index = new SearchIndex([
    entry("device", "press-01", "press-01", "device machine-json online"),
    entry("device", "press-10", "press-10", "device machine-json offline"),
    entry("series", "press-01", "bearingTemperature", "press-01 Cel"),
    entry("quarantine", "room-07", "not-well-formed", "room-07 Expected property name in JSON"),
    entry("insight", "press-10", "overheated", "limit press-10 oil was 91, above 80"),
    entry("profile", null, "machine-json", "Machine that sends one flat JSON object"),
  ]);
  const find = (words: string, devices: readonly string[] | null = null) =>
    index.find({ words, limit: 9, kinds: kindsOf("all"), devices }).found.map(({ title }) => title);

  test.each([
    ["press-01", ["press-01", "bearingTemperature"]],
    ["PRESS", ["press-10", "press-01", "bearingTemperature", "overheated"]],
    ["above oil", ["overheated"]],
    ["bearing", ["bearingTemperature"]],
    ["temperatur press", ["bearingTemperature"]],
    ["temparature", ["bearingTemperature"]],
    ["well formed", ["not-well-formed"]],
    ["cel", ["bearingTemperature"]],
    ["press-02", []],
    ["!!! --", []],
    ["constructor __proto__", []],
  ])("leads %s to %j", (words, titles) => {
    expect(find(words).toSorted()).toEqual([...titles].toSorted());
  });

  test("puts a name before a mention, and shows nothing of other devices", () => {
    expect(find("machine-json")[0]).toBe("machine-json");
    expect(find("json", ["press-*"])).not.toContain("not-well-formed");
    expect(find("json", [])).toEqual(["machine-json"]);
    expect([find("overheated", ["press-10"]), find("overheated", ["press-01"])]).toEqual([
      ["overheated"],
      [],
    ]);
  });

  test("has of each kind what a scope opens", () => {
    expect(kindsOf(["values"])).toEqual(["series", "insight"]);
    expect(kindsOf(["devices", "quarantine"])).toEqual(["device", "profile", "quarantine"]);
    expect(kindsOf(["alarms"])).toEqual([]);
  });

  test("takes any words", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (words) => void find(words)));
    expect(wordsOf("accelX soil/moisture press_01")).toEqual(
      expect.arrayContaining(["accel", "x", "soil", "moisture", "press", "01", "press_01"]),
    );
  });
});

test("a thread that ends is started anew, and whoever waited is told", async () => {
  const thinker = new Thinker();
  const first = thinker.start();
  const waiting = thinker.call("find", { words: "x", limit: 1, kinds: [], devices: null });
  await Promise.all([expect(waiting).rejects.toThrow("the console stops"), thinker.stop()]);
  expect(await thinker.call("find", { words: "x", limit: 1, kinds: [], devices: null })).toEqual({
    matching: 0,
    found: [],
  });
  expect(thinker.start()).toBe(first + 1);
  await thinker.stop();
});

describe("over a real lake", () => {
  let api: RealApi;
  beforeAll(async () => {
    api = await startRealApi(Date.now() - 3_600_000);
  }, 60_000);
  afterAll(() => api.stop());

  const found = async (words: string, options: Parameters<RealApi["tokenOf"]>[0] = {}) => {
    const client = new Fieldlake({ url: api.url, token: await api.tokenOf(options) });
    const answer = await client.ask("search", { words });
    return answer.found.map(({ kind, title, device }) => [kind, title, device]);
  };

  test("words find devices, series, profiles and quarantine, as far as the token goes", async () => {
    expect(await found("temperature press-01")).toEqual([["series", "temperature", "press-01"]]);
    expect(await found("wrist")).toContainEqual(["device", "wrist-01", "wrist-01"]);
    expect(await found("vibration")).toEqual([["profile", "machine-json", null]]);
    expect(await found("not-json room-07")).toEqual([]);
    const reason = (await found("room-07")).find(([kind]) => kind === "quarantine");
    expect(reason).toEqual(["quarantine", expect.any(String), "room-07"]);
    expect(await found("room-07", { devices: ["press-*"] })).toEqual([]);
    expect(await found("room-07", { scopes: ["devices", "values"] })).toEqual([]);
    expect(await found("temperature", { scopes: ["devices"] })).toEqual([["profile", "machine-json", null]]);
  });
});
