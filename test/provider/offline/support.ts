/** What the tests of the offline providers share. */

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { randomPackage } from "../../../provider/offline/random/package.ts";
import { OfflineProvider } from "../../../provider/offline/shared/provider.ts";
import type { Surroundings } from "../../../provider/offline/shared/schema.ts";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import { isWireSecret, wireSecret } from "../../../provider/offline/shared/values.ts";
import { tlsPackage } from "../../../provider/offline/tls/package.ts";

/** The sentinel of an unknown string, as the engine sends it (Pulumi SDK, sdk/nodejs/runtime/rpc.ts). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const secret = wireSecret;

/** Opens a secret; fails the test if it is none. */
export const opened = (value: unknown): string => {
  if (!isWireSecret(value)) throw new Error(`expected a secret, got ${JSON.stringify(value)}`);
  return String(value.value);
};

/** A property that must be text. */
export const textOf = (state: WireMap, name: string): string => {
  const value = state[name];
  if (typeof value !== "string") throw new Error(`expected ${name} to be text, got ${JSON.stringify(value)}`);
  return value;
};

export const tlsProvider = (surroundings: Partial<Surroundings> = {}): OfflineProvider =>
  new OfflineProvider(tlsPackage("0.0.0-test"), surroundings);

export const randomProvider = (surroundings: Partial<Surroundings> = {}): OfflineProvider =>
  new OfflineProvider(randomPackage("0.0.0-test"), surroundings);

/** `PrivateKey` → `tls:index/privateKey:PrivateKey`. */
export const tlsToken = (name: string): string =>
  `tls:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** `Pet` → `random:index/randomPet:RandomPet`. */
export const randomToken = (name: string): string => `random:index/random${name}:Random${name}`;

/** One resource type of a provider. */
export interface ResourceUnderTest {
  create: (inputs: WireMap) => Promise<{ id: string; state: WireMap }>;
  preview: (inputs: WireMap) => Promise<WireMap>;
  diff: (
    state: WireMap,
    inputs: WireMap,
  ) => Promise<{ changes: readonly string[]; replaces: readonly string[] }>;
  update: (state: WireMap, inputs: WireMap) => Promise<WireMap>;
  failures: (inputs: WireMap) => string[];
  read: (id: string, state?: WireMap) => Promise<{ id: string; state: WireMap; inputs: WireMap }>;
}

export const resource = (provider: OfflineProvider, token: string): ResourceUnderTest => ({
  create: (inputs) => provider.create(token, inputs, false),
  preview: async (inputs) => (await provider.create(token, inputs, true)).state,
  diff: (state, inputs) => provider.diff(token, state, inputs),
  update: (state, inputs) => provider.update(token, state, inputs, false),
  failures: (inputs) => provider.check(token, inputs).failures,
  read: (id, state = {}) => provider.read(token, id, state, {}),
});

const run = promisify(execFile);

/** Runs a program of this machine; rejects with what it wrote if it fails. */
export const command = async (file: string, args: readonly string[], cwd?: string): Promise<string> => {
  const { stdout, stderr } = await run(file, [...args], { timeout: 20_000, ...(cwd ? { cwd } : {}) });
  return stdout + stderr;
};

/** Whether a program is there; the caller says what it leaves out if not. */
export const available = async (file: string, args: readonly string[]): Promise<boolean> => {
  try {
    await command(file, args);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
};

/** Runs `use` with files of the given contents in a folder that is removed afterwards. */
export const withFiles = async <T>(
  contents: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-offline-"));
  try {
    for (const [name, content] of Object.entries(contents)) {
      await writeFile(join(folder, name), content, { mode: 0o600 });
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
