/** Births between processes: what one has learned another reads by, and what waited in one is written by another. */
import { describe, expect, test } from "@jest/globals";
import { readingsBlock, type RowBlock } from "../../functions/core/columns.ts";
import type { NodeState } from "../../functions/core/births.ts";
import type { Message } from "../../functions/core/model.ts";
import { jsonLines } from "../../functions/core/row-json.ts";
import { ingest } from "../../functions/ingest.ts";
import { bytesOfNode, nodeOfBytes } from "../../functions/kept-node.ts";
import { NodeBirths } from "../../functions/node-births.ts";
import type { BirthStore } from "../../functions/ports.ts";
import { memoryBirths } from "./memory-births.ts";
import { bdSeq, birth, decoderOf, sent, speed } from "./sparkplug-support.ts";
import { received } from "./support.ts";

const data = (seq: number, value: number, over: Partial<Message> = {}) =>
  sent("NDATA", seq, [{ alias: 7, doubleValue: value }], over);
const later = (seconds: number) => ({ receivedAt: received + seconds * 1_000_000 });

/** A function of its own with nothing in memory, its sinks apart. */
function start(store: BirthStore) {
  const decoder = decoderOf();
  const rows: string[] = [];
  const quarantined: string[] = [];
  const counted: Record<string, number>[] = [];
  let isDown = false;
  const into = (lines: string[]) => async (block: RowBlock) => {
    if (isDown) throw new Error("the sink is down");
    lines.push(...jsonLines(block).trimEnd().split("\n"));
  };
  const metrics = { put: (values: Readonly<Record<string, number>>) => void counted.push({ ...values }) };
  const births = new NodeBirths(decoder.births, store, metrics);
  const curated = { write: into(rows) };
  const ports = {
    ...{ decoder, births, metrics, curated },
    raw: { keep: () => Promise.resolve() },
    quarantine: { write: into(quarantined) },
    identify: () => new Uint8Array(16),
    now: () => 0,
  };
  return {
    ...{ rows, quarantined, counted },
    sinksFail: (state: boolean) => void (isDown = state),
    take: async (...messages: readonly Message[]) => {
      const opened = messages.map((message) => ({ message, fault: null }));
      const readings = (await ingest(opened, ports)).flat();
      if (readings.length > 0) await curated.write(readingsBlock(readings));
    },
  };
}

const metricsOf = (rows: readonly string[]) =>
  rows.map((row) => {
    const { metric, value_double } = JSON.parse(row) as { metric: string; value_double?: number };
    return value_double === undefined ? metric : `${metric} ${value_double}`;
  });

describe("births in a store", () => {
  test("serve a process that did not see them: the same rows as in one process", async () => {
    const store = memoryBirths();
    const [first, second, only] = [start(store), start(store), start(memoryBirths())];
    await first.take(birth);
    await second.take(data(1, 990.5));
    await only.take(birth, data(1, 990.5));
    expect(second.quarantined).toEqual([]);
    expect([...first.rows, ...second.rows]).toEqual(only.rows);
  });

  test("set free what waited in another process: the row it would have been, by the same msg_id", async () => {
    const store = memoryBirths();
    const [early, born, third, only] = [start(store), start(store), start(store), start(memoryBirths())];
    await early.take(data(17, 1.5, { position: "s:1" }), data(17, 1.5, { position: "s:2" }));
    expect(early.rows).toEqual([]);
    expect(early.quarantined.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
      "no-birth",
    ]);
    await born.take(birth);
    await only.take(birth);
    await only.take(data(17, 1.5, { position: "s:1" }));
    const plain = (row: string) => row.replace(/"flags":\d+/, "");
    expect(born.rows.map(plain).sort()).toEqual(only.rows.map(plain).sort());
    await third.take(birth);
    expect(metricsOf(third.rows)).toEqual(["online", "bd_seq", "speed 1000", "oven_temp"]);
  });

  test("set free by a birth that is itself a repeat, once, by the id that quarantine has", async () => {
    const one = start(memoryBirths());
    const waiting = data(17, 1.5, { position: "s:1" });
    const again = { ...birth, position: "s:3" };
    await one.take(birth, sent("NDEATH", 0, [bdSeq(3)], later(1)), waiting, { ...again, ...later(2) }, again);
    expect(metricsOf(one.rows).filter((line) => line === "speed 1.5")).toHaveLength(1);
    const idOf = (line: string) => /"msg_id":"(\w+)"/.exec(line)?.[1];
    expect(one.quarantined).toHaveLength(1);
    expect(one.rows.filter((row) => row.includes('"value_double":1.5')).map(idOf)).toEqual(
      one.quarantined.map(idOf),
    );
  });

  test("are read anew where another process heard a newer birth: no value gets another's name", async () => {
    const store = memoryBirths();
    const [warm, other] = [start(store), start(store)];
    await warm.take(birth, data(1, 1));
    const renamed = { ...speed, name: "Pump/Flow", doubleValue: 3 };
    await other.take(sent("NBIRTH", 0, [bdSeq(4), renamed], later(60)));
    await warm.take(data(1, 7, later(61)));
    expect(metricsOf(warm.rows).at(-1)).toBe("pump_flow 7");
  });

  test("of an older arrival never replace a newer one, in memory or in the store", async () => {
    const store = memoryBirths();
    const renamed = sent("NBIRTH", 0, [bdSeq(4), { ...speed, name: "Pump/Flow" }], later(60));
    const [newer, older, reader] = [start(store), start(store), start(store)];
    await newer.take(renamed);
    await older.take(birth);
    expect(metricsOf(older.rows)).toContain("speed 1000");
    await newer.take(birth, data(1, 2));
    await reader.take(data(2, 3));
    expect(metricsOf([...newer.rows, ...reader.rows]).slice(-2)).toEqual(["pump_flow 2", "pump_flow 3"]);
    const death = sent("NDEATH", 0, [bdSeq(4)]);
    await reader.take(death, data(3, 4));
    expect(metricsOf(reader.rows).at(-1)).toBe("pump_flow 4");
  });

  test("that two processes change at the same time lose nothing of either", async () => {
    const inner = memoryBirths();
    let meanwhile: (() => Promise<void>) | null = null;
    const store: BirthStore = {
      ...inner,
      keep: async (...args) => {
        const first = meanwhile;
        meanwhile = null;
        await first?.();
        return inner.keep(...args);
      },
    };
    const [waits, births] = [start(store), start(inner)];
    // The birth comes after the data were found to have none, and before they are kept as waiting.
    meanwhile = () => births.take(birth);
    await waits.take(data(1, 8));
    expect(metricsOf(waits.rows)).toEqual(["speed 8"]);
    // A write whose answer is lost is no other process.
    let isLost = true;
    const lossy: BirthStore = {
      ...inner,
      keep: async (...args) => {
        const revision = await inner.keep(...args);
        return isLost ? ((isLost = false), null) : revision;
      },
    };
    const unsure = start(lossy);
    await unsure.take(sent("NBIRTH", 0, [bdSeq(5), speed], later(9)));
    expect(unsure.rows).toHaveLength(3);
    expect(unsure.counted).toHaveLength(1);
  });

  test("are as before where a sink failed: what waited still waits, and comes with the batch's repeat", async () => {
    const store = memoryBirths();
    const [early, born] = [start(store), start(store)];
    await early.take(data(1, 8));
    born.sinksFail(true);
    await expect(born.take(birth)).rejects.toThrow("the sink is down");
    born.sinksFail(false);
    await born.take(birth);
    expect(metricsOf(born.rows)).toContain("speed 8");
    await early.take(data(1, 8));
    expect(nodeOfBytes("dev-1", store.nodes.get("dev-1")!.bytes)?.waiting).toEqual([]);
  });

  test("a batch whose nodes others change without end is given back; one too large to keep is counted", async () => {
    const inner = memoryBirths();
    const busy: BirthStore = {
      ...inner,
      load: () => Promise.resolve(new Map()),
      keep: () => Promise.resolve(null),
    };
    await expect(start(busy).take(birth)).rejects.toThrow(/births of dev-1 are changed by others/);
    const small = start(memoryBirths(50));
    await small.take(birth, data(1, 2));
    expect(metricsOf(small.rows).at(-1)).toBe("speed 2");
    expect(small.counted).toContainEqual({ BirthsNotKept: 1 });
    await small.take(data(2, 3));
    expect(metricsOf(small.rows).at(-1)).toBe("speed 3");
  });
});

describe("a node as bytes", () => {
  const node: NodeState = {
    at: received,
    bdSeq: 2n ** 64n - 1n,
    tables: new Map([
      ["", { at: received, metrics: [{ name: "a/b", alias: 2n ** 63n, type: 10, unit: "Cel" }] }],
      ["__proto__", { at: received + 1, metrics: [{ name: "é", alias: null, type: 3, unit: null }] }],
    ]),
    waiting: [data(1, 2, { lane: "offline", contentType: "x/y" })],
  };

  test("comes back as it was, always as the same bytes", () => {
    const bytes = bytesOfNode(node);
    expect(Buffer.from(bytesOfNode(node))).toEqual(Buffer.from(bytes));
    const back = nodeOfBytes("dev-1", bytes);
    expect(back).toEqual({ ...node, waiting: [{ ...node.waiting[0]!, payload: expect.any(Uint8Array) }] });
    expect(Buffer.from(back!.waiting[0]!.payload)).toEqual(Buffer.from(node.waiting[0]!.payload));
  });

  test("that nobody of us wrote is none", () => {
    expect(nodeOfBytes("d", Buffer.from("no gzip"))).toBeNull();
    const other = bytesOfNode(node).slice(0, -9);
    expect(nodeOfBytes("d", other)).toBeNull();
  });
});
