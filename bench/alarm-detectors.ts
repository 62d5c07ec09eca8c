/**
 * What an anomaly rule costs in a cloud, a series and day: written and read of the keyed state, and time of a function.
 *
 *     node bench/alarm-detectors.ts
 *
 * A series of noise around a season of a day, with one decimal as a sensor tells it and with all digits; files every five
 * minutes. Counted is the fourth day, when a detector knows as much as it ever does. Units are DynamoDB's: 1 kB
 * written, 4 kB read consistently. Time is that of judging alone, from the documents to the documents.
 */
import type { AlarmReading } from "../functions/alarms/alarm-reading.ts";
import { CloudBook } from "../functions/alarms/cloud-book.ts";
import { cloudRules } from "../functions/alarms/cloud-rules.ts";
import type { KeptDocuments } from "../functions/core/kept-documents.ts";
import { alarmRules } from "../functions/core/alarm-rule.ts";

const second = 1_000_000;
const day = 86_400 * second;
const everyFile = 300 * second;
const began = Date.UTC(2026, 0, 1) * 1_000;

interface Counted {
  written: number;
  read: number;
  writeUnits: number;
  readUnits: number;
}

function countedDocuments(counted: Counted): KeptDocuments {
  const kept = new Map<string, { readonly body: string; readonly revision: string }>();
  let revisions = 0;
  return {
    read: (partition, id) => {
      const found = kept.get(`${partition}/${id}`);
      const bytes = found?.body.length ?? 0;
      counted.read += bytes;
      counted.readUnits += Math.max(1, Math.ceil(bytes / 4_096));
      return Promise.resolve(
        found === undefined ? null : { ...found, body: JSON.parse(found.body) as unknown },
      );
    },
    write: (partition, id, body, former) => {
      const key = `${partition}/${id}`;
      if ((kept.get(key)?.revision ?? null) !== former) return Promise.resolve(false);
      const text = JSON.stringify(body);
      kept.set(key, { body: text, revision: String(++revisions) });
      counted.written += text.length;
      counted.writeUnits += Math.ceil(text.length / 1_024);
      return Promise.resolve(true);
    },
    async *below() {},
  };
}

async function measure(everySeconds: number, decimals: number) {
  const counted = { written: 0, read: 0, writeUnits: 0, readUnits: 0 };
  const documents = countedDocuments(counted);
  let now = 0;
  const book = new CloudBook({ documents, now: () => now });
  const rules = alarmRules.parse([{ kind: "anomaly", name: "odd", metric: "level" }]);
  const landing = cloudRules({ rules, documents, book, now: () => now, warn: console.warn });
  let milliseconds = 0;
  let state = 1;
  const noise = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let file = began; file < began + 4 * day; file += everyFile) {
    const readings: AlarmReading[] = [];
    for (let time = file; time < file + everyFile; time += everySeconds * second) {
      const value = 20 + 5 * Math.sin((2 * Math.PI * time) / day) + noise() + noise();
      const told = Number(value.toFixed(decimals));
      const evidence = { msgId: "00".repeat(16), codec: "machine-json", codecVersion: "1" };
      readings.push({ device: "press-01", sub: null, metric: "level", time, value: told, ...evidence });
    }
    now = (file + everyFile) / 1_000;
    if (file === began + 3 * day) {
      Object.assign(counted, { written: 0, read: 0, writeUnits: 0, readUnits: 0 });
      milliseconds = 0;
    }
    const start = performance.now();
    for (const task of landing.tasks("readings", readings)) await task();
    milliseconds += performance.now() - start;
  }
  const files = day / everyFile;
  return {
    "values a minute": 60 / everySeconds,
    decimals,
    "kB written": Math.round(counted.written / 1_000),
    "kB read": Math.round(counted.read / 1_000),
    "write units": counted.writeUnits,
    "read units": counted.readUnits,
    "ms a file": Number((milliseconds / files).toFixed(1)),
  };
}

const results = [];
for (const everySeconds of [60, 10, 1])
  for (const decimals of [1, 15]) results.push(await measure(everySeconds, decimals));
console.table(results);
