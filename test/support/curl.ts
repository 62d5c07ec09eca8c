/**
 * Runs shell examples of the documentation. Where a machine has no curl, Node stands in for what they use of it: `-H`, `-d`,
 * `--data-binary` with `@file`, one address.
 */
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const standIn = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const headers = {};
let body, address;
for (let rest = process.argv.slice(2); rest.length > 0; ) {
  const option = rest.shift();
  if (option === "-H") {
    const [, name, value] = /^([^:]+): (.*)$/s.exec(rest.shift());
    headers[name] = value;
  } else if (option === "-d" || option === "--data-binary") {
    const data = rest.shift();
    body = data.startsWith("@") ? readFileSync(data.slice(1)) : data;
    headers["Content-Type"] ??= "application/x-www-form-urlencoded";
  } else if (option.startsWith("-")) throw new Error("the stand-in of curl does not know " + option);
  else address = option;
}
fetch(address, { method: body === undefined ? "GET" : "POST", headers, body })
  .then((answer) => answer.text())
  .then((text) => process.stdout.write(text));
`;

/** What the script prints, run by bash in a folder. Rejects where it ends with another code than 0. */
export async function runShell(
  script: string,
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const hasCurl = spawnSync("curl", ["--version"]).status === 0;
  if (!hasCurl) {
    writeFileSync(join(folder, "curl"), standIn);
    chmodSync(join(folder, "curl"), 0o755);
  }
  const path = `${process.env["PATH"]}${hasCurl ? "" : `:${folder}`}`;
  const { stdout } = await promisify(execFile)("bash", ["-ec", script], {
    cwd: folder,
    env: { PATH: path, ...variables },
  });
  return stdout;
}
