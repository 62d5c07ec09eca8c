/** Lakes of stacks as the command has them, and what they answer. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyBetween, type LakeCopyOptions } from "../../../fleet/commands/lake/copy.ts";
import type { StackLake } from "../../../fleet/commands/lake/stack-lake.ts";
import { environmentFolders } from "../../../fleet/environment.ts";
import type { CloudLake } from "../../../fleet/lake-copy/cloud-destination.ts";
import type { CopySums } from "../../../fleet/lake-copy/copy-sums.ts";
import { dayFiles, tablesOf } from "../../../functions/lake/day-files.ts";
import { readRaw } from "../../../functions/lake/raw-messages.ts";
import { rowAnswer } from "../../functions/parquet-rows.ts";
import { fakeTerminal } from "../support/terminal.ts";

export const environment = "acme";
const folders = environmentFolders(mkdtempSync(join(tmpdir(), "fieldlake-copy-")));

export function cloudStack(stack: string, target: "aws" | "azure", cloud: CloudLake): StackLake {
  const config = { target, environment, azure: {} } as StackLake["config"];
  return { stack, config, name: `${environment} ${cloud.places.curated}`, local: null, cloud };
}

export interface Ran {
  readonly sums: CopySums;
  readonly error: (Error & { readonly advice?: readonly string[] }) | null;
}

/** The command's own work, with its answer as JSON. */
export async function copied(
  from: StackLake,
  to: StackLake,
  options: LakeCopyOptions = {},
  signal = new AbortController().signal,
): Promise<Ran> {
  const { terminal, output } = fakeTerminal({ width: 100 });
  let error: Ran["error"] = null;
  await copyBetween(from, to, { ...options, json: true }, { terminal, folders, signal }).catch(
    (reason: Error) => (error = reason),
  );
  const answer = output();
  return { sums: answer === "" ? { tables: [], damaged: [] } : (JSON.parse(answer) as CopySums), error };
}

/** Rows of all tables that count in a cloud's lake, bytes as hexadecimal text, in order. */
export async function rowsOf({ places, objects, list }: CloudLake): Promise<Record<string, unknown[]>> {
  const answers: Record<string, unknown[]> = {};
  for (const zone of [places.curated, places.quarantine]) {
    for (const table of await tablesOf(zone, list)) {
      const keys = (await list.all(zone, `${table}/`)).map(({ key }) => key);
      const days = [...new Set(keys.map((key) => key.split("/")[1]!.slice("dt=".length)))];
      const files = (await dayFiles(zone, table, days, { objects, list })).flatMap((day) => day.files);
      const bytes = await Promise.all(files.map(({ key }) => objects.read(zone, key)));
      answers[table] = await rowAnswer(bytes);
    }
  }
  return answers;
}

/** Messages of the raw zone, each once. */
export async function messagesOf({ places, objects, list }: CloudLake): Promise<string[]> {
  const found = new Set<string>();
  for (const { key } of await list.all(places.raw, "live/"))
    for (const message of readRaw(await objects.read(places.raw, key), environment).messages)
      found.add(JSON.stringify({ ...message, payload: Buffer.from(message.payload).toString("hex") }));
  return [...found].sort();
}

/** By table: rows that were read, brought, there already, there otherwise. */
export const figures = ({ tables }: CopySums): Record<string, readonly number[]> =>
  Object.fromEntries(
    tables.map(({ table, rows, brought, known, otherwise }) => [table, [rows, brought, known, otherwise]]),
  );
