/**
 * MQTT clients and suites that are not ours against our broker over mutual TLS:
 *
 *     node test/interop/run.ts [--eclipse <folder>] [--mosquitto <folder>] [--no-clients]
 *
 * Clients: mosquitto_pub and mosquitto_sub, where they are on PATH (Debian: mosquitto-clients), and paho-mqtt, which is
 * brought in from the Python package index (python3 with venv). Suites: checkouts of eclipse/paho.mqtt.testing and
 * eclipse/mosquitto. Ends with 1 where something does not pass and is not in deviations.ts.
 */
import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Outcome, run, runChecks } from "./check.ts";
import { runEclipse } from "./eclipse-suite.ts";
import { mosquittoChecks } from "./mosquitto-clients.ts";
import { runMosquitto } from "./mosquitto-suite.ts";
import { pahoChecks } from "./paho-clients.ts";
import { report } from "./suite.ts";

const pahoVersion = "2.2.0";
const environment = resolve(import.meta.dirname, "../../.fieldlake/interop");

const { values } = parseArgs({
  options: {
    eclipse: { type: "string" },
    mosquitto: { type: "string" },
    clients: { type: "boolean", default: true },
  },
  allowNegative: true,
});
let isGood = true;

if (values.clients) {
  const mosquitto = await run("mosquitto_pub", ["--version"]).catch(() => null);
  if (mosquitto === null) {
    console.log("mosquitto's clients: not run, mosquitto_pub is not on PATH (Debian: mosquitto-clients)");
  } else {
    console.log(mosquitto.output.split("\n")[0]);
    judge(await runChecks("pump-1", mosquittoChecks));
  }
  console.log(`paho-mqtt ${pahoVersion}`);
  judge(await runChecks("paho-1", pahoChecks(await pythonWithPaho())));
}
if (values.eclipse !== undefined) {
  isGood = report("Eclipse interoperability suite", await runEclipse("python3", values.eclipse)) && isGood;
}
if (values.mosquitto !== undefined) {
  const { scripts, sequences, onlyVersion5 } = await runMosquitto("python3", values.mosquitto);
  isGood = report("mosquitto's broker tests", scripts) && isGood;
  console.log(`  not run: ${onlyVersion5} scripts about nothing but MQTT 5, chapters about mosquitto itself`);
  isGood = report("mosquitto's packet sequences", sequences) && isGood;
}
process.exit(isGood ? 0 : 1);

function judge(outcomes: readonly Outcome[]): void {
  if (outcomes.some(({ fault }) => fault !== null)) isGood = false;
}

async function pythonWithPaho(): Promise<string> {
  const python = join(environment, "bin/python");
  const has = await access(python).then(
    () =>
      run(python, [
        "-c",
        `from importlib.metadata import version; assert version("paho-mqtt") == "${pahoVersion}"`,
      ]),
    () => ({ code: 1 }),
  );
  if (has.code === 0) return python;
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", environment]],
    [python, ["-m", "pip", "install", "--quiet", `paho-mqtt==${pahoVersion}`]],
  ];
  for (const [program, args] of steps) {
    const { code, output } = await run(program, args);
    if (code !== 0)
      throw new Error(`${program} ${args.join(" ")} failed: install Python 3 with venv and pip\n${output}`);
  }
  return python;
}
