/** No private key that was made for a device is anywhere but in the file that its owner asked for. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createPrivateKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Segment, segmentNumbers } from "../../fleet/registry/journal.ts";
import { Keyring } from "../../site/seal.ts";
import { fleetStack, type FleetStack } from "./support/fleet-stack.ts";

let stack: FleetStack;
const said: string[] = [];
beforeAll(async () => {
  stack = await fleetStack();
  const csv = stack.file("devices.csv", "id\npress-1\npress-2\npress-3\n");
  const run = async (...args: string[]): Promise<void> => {
    const { output, notes } = await stack.run(...args);
    said.push(output, ...notes);
  };
  await run("issue", "--csv", csv, "--out", stack.path("made"));
  await run("issue", "--id", "press-1", "--replace", "--out", stack.path("again"));
  await run("token", "press-2");
  await run("revoke", "press-3", "--yes");
  await run("status");
  await run("list", "--json");
  await run("export", "--format", "json");
  await run("audit", "--json");
});
afterAll(() => stack.remove());

/** The secret number of each key, in every spelling that a careless program might leave behind. */
function spellings(): readonly Buffer[] {
  const folders = ["made", "again"].map((name) => stack.path(name));
  const keys = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".key"))
      .map((name) => createPrivateKey(readFileSync(join(folder, name)))),
  );
  return keys.flatMap((key) => {
    const secret = Buffer.from(key.export({ format: "jwk" }).d as string, "base64url");
    const whole = key.export({ type: "pkcs8", format: "der" }).toString("base64");
    const texts = [
      secret.toString("hex"),
      secret.toString("base64").slice(0, 40),
      secret.toString("base64url"),
      whole,
    ];
    return [secret, ...texts.map((text) => Buffer.from(text))];
  });
}

const found = (where: Buffer, secrets: readonly Buffer[]): number =>
  secrets.filter((secret) => where.includes(secret)).length;

/** The registry as who has its key reads it. */
function openedRegistry(): Buffer {
  const folder = stack.path("data/fleet");
  const sealing = Keyring.fromFile(stack.path("keys/fleet.key")).key("registry");
  const bodies = segmentNumbers(folder).flatMap((number) => {
    const segment = new Segment(folder, number, sealing);
    try {
      return [...segment.read()].map(({ body }) => body);
    } finally {
      segment.close();
    }
  });
  return Buffer.concat(bodies);
}

test("neither in the registry, opened, nor in its files, nor in what the commands said", () => {
  const secrets = spellings();
  expect(secrets).toHaveLength(4 * 5);
  const registry = openedRegistry();
  // The scan sees what is there: certificates are, and a planted secret would be found.
  expect(registry.includes("press-1")).toBe(true);
  expect(found(Buffer.concat([registry, secrets[0] as Buffer]), secrets)).toBe(1);
  expect(found(registry, secrets)).toBe(0);
  const files = readdirSync(stack.path("data"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(files.length).toBeGreaterThan(0);
  expect(found(Buffer.concat(files), secrets)).toBe(0);
  const words = said.join("\n");
  expect(found(Buffer.from(words), secrets)).toBe(0);
  expect(words).not.toContain("PRIVATE KEY");
});
