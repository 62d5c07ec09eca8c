/** Writes devices one after the other, saying each once it is safe: `node write-many.ts <folder> <prefix> <count>`. */
import { writeSync } from "node:fs";
import { issuedTo, openAt } from "./support.ts";

const [folder = "", prefix = "", count = "0"] = process.argv.slice(2);
const registry = await openAt(folder, { segmentBytes: 20_000 });
for (let index = 0; index < Number(count); index += 1) {
  await registry.record([issuedTo(`${prefix}-${index}`)]);
  writeSync(1, `${prefix}-${index}\n`);
}
await registry.close();
