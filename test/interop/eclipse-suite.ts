/** The interoperability tests of eclipse/paho.mqtt.testing, MQTT 3.1.1. */
import { join, resolve } from "node:path";
import { eclipseDeviations } from "./deviations.ts";
import { linesOf, makeSuiteStand, type Verdict, verdict } from "./suite.ts";

/** `folder`: a checkout of eclipse/paho.mqtt.testing. */
export async function runEclipse(python: string, folder: string): Promise<Verdict[]> {
  const stand = await makeSuiteStand();
  const script = join(import.meta.dirname, "eclipse.py");
  const tests = resolve(folder, "interoperability");
  const lines = await linesOf(python, [script, tests, String(stand.port)]);
  await stand.close();
  const verdicts = lines.flatMap((line) => {
    const [, name, result] = /^(\w+): (passed|failed)$/.exec(line) ?? [];
    return name === undefined ? [] : [verdict(name, result === "passed", eclipseDeviations)];
  });
  if (verdicts.length === 0) throw new Error(`${tests} did not run:\n${lines.join("\n")}`);
  return verdicts;
}
