/** The broker tests of eclipse/mosquitto: scripts, and sequences of single packets (data/*.json). */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { mosquittoDeviations, mosquittoOnly, sequenceDeviations } from "./deviations.ts";
import { linesOf, makeSuiteStand, type SuiteStand, type Verdict, verdict } from "./suite.ts";

const sequences = "msg_sequence_test.py";
/** The others are about bridges, mosquitto's TLS options, its plugins, access lists and listeners, or MQTT 5. */
const chapters = /^(01|02|03|04|05|07|11)-.*\.py$/;

export interface MosquittoVerdicts {
  readonly scripts: readonly Verdict[];
  readonly sequences: readonly Verdict[];
  /** Scripts with nothing below MQTT 5 in them. */
  readonly onlyVersion5: number;
}

/** `folder`: a checkout of eclipse/mosquitto. */
export async function runMosquitto(python: string, folder: string): Promise<MosquittoVerdicts> {
  const tests = resolve(folder, "test/broker");
  const stand = await makeSuiteStand();
  const scripts: Verdict[] = [];
  let onlyVersion5 = 0;
  for (const name of (await readdir(tests)).filter(
    (file) => chapters.test(file) && !(file in mosquittoOnly),
  )) {
    const last = (await runScript(stand, python, join(tests, name))).findLast((line) => results.has(line));
    if (last === "only MQTT 5") onlyVersion5 += 1;
    else scripts.push(verdict(name, last === "passed", mosquittoDeviations));
  }
  const packets = (await runScript(stand, python, join(tests, sequences))).map(stripVTControlCharacters);
  await stand.close();
  return { scripts, sequences: packets.flatMap(sequenceVerdict), onlyVersion5 };
}

const results = new Set(["passed", "failed", "only MQTT 5"]);

/** The script's mosquitto starts anew, with what it has on disk where the script is about that. */
async function runScript(stand: SuiteStand, python: string, script: string): Promise<string[]> {
  const isKept = (await readFile(script, "utf8")).includes("persistence");
  await stand.renew();
  let starts = 0;
  return linesOf(
    python,
    [join(import.meta.dirname, "mosquitto.py"), script, String(stand.port)],
    async () => {
      starts += 1;
      if (starts > 1 && !isKept) await stand.renew();
    },
  );
}

/** Its names begin with the version; what failed is in the same line. */
function sequenceVerdict(line: string): Verdict[] {
  const [, name, failed] = /^((?:v3|REGRESSIONS|BROKER CHECK).*?)( failed: .*)?$/.exec(line) ?? [];
  return name === undefined ? [] : [verdict(name.trim(), failed === undefined, sequenceDeviations)];
}
