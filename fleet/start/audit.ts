/**
 * Whether the feed's counts add up: every acknowledged message is in the lake, or in quarantine, exactly once.
 * The lake is asked message by message, by the ids that the decoding core computes here as it does there.
 */
import type { PipelineStats } from "../../site/ports.ts";
import { counted } from "../render/units.ts";
import type { SiteConnection } from "../site-client.ts";
import type { Assignment, FeedResult } from "./feed.ts";

/** What the lake holds of one message. */
interface Holding {
  readonly rows: number;
  readonly codecVersion: string;
}

/** What the lake holds of the sample devices: by device and message id. */
export interface Inventory {
  readonly stored: ReadonlyMap<string, Holding>;
  readonly quarantined: ReadonlySet<string>;
  readonly pipeline: PipelineStats;
}

export interface Account {
  readonly acknowledged: number;
  /** Messages that were not in the lake before. */
  readonly fresh: number;
  readonly quarantined: number;
  /** Messages that were recognised as repeats and dropped. */
  readonly duplicates: number;
  /** Why the counts don't add up; nothing where they do. */
  readonly faults: readonly string[];
}

const listOf = (devices: readonly string[]): string => devices.map((id) => `'${id}'`).join(", ");
const key = (deviceId: string, id: string): string => `${deviceId} ${id}`;
/** More than the samples have; a device of theirs may be used otherwise too. */
const maxRows = 200_000;

/** Flush before. */
export async function takeInventory(
  site: Pick<SiteConnection, "query" | "status">,
  devices: readonly string[],
): Promise<Inventory> {
  const tables = (
    await site.query(
      "select table_name from information_schema.tables where table_name in ('readings', 'quarantine') or table_name like 'frames\\_%' escape '\\'",
    )
  ).rows.map(([name]) => String(name));
  const rowTables = tables.filter((name) => name !== "quarantine");
  const of = (name: string) =>
    `select device_id, lower(hex(msg_id)) as id, codec_version from "${name}" where device_id in (${listOf(devices)}) and codec <> 'status'`;
  const stored =
    rowTables.length === 0
      ? []
      : (
          await site.query(
            `select device_id, id, codec_version, count(*) as n from (${rowTables.map(of).join(" union all ")}) group by all`,
            { maxRows },
          )
        ).rows;
  const quarantined = tables.includes("quarantine")
    ? (await site.query(`select distinct device_id, id from (${of("quarantine")})`, { maxRows })).rows
    : [];
  const nothing: PipelineStats = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
  return {
    stored: new Map(
      stored.map(([device, id, codecVersion, rows]) => [
        key(String(device), String(id)),
        { rows: Number(rows), codecVersion: String(codecVersion) },
      ]),
    ),
    quarantined: new Set(quarantined.map(([device, id]) => key(String(device), String(id)))),
    pipeline: (await site.status()).lake?.pipeline ?? nothing,
  };
}

/** The account of one feed, from what was sent and what the lake held before and after. */
export function audit(
  assignments: readonly Assignment[],
  result: FeedResult,
  before: Inventory,
  after: Inventory,
): Account {
  const faults: string[] = [];
  const check = (isRight: boolean, fault: () => string) => {
    if (!isRight) faults.push(fault());
  };
  const fresh = after.stored.size - before.stored.size;
  const quarantined = after.quarantined.size - before.quarantined.size;
  const duplicates = result.acknowledged - fresh - quarantined;

  check(
    result.acknowledged === result.messages,
    () => `${result.messages} messages were to be sent, ${result.acknowledged} were acknowledged`,
  );
  const expected = expectations(assignments, before);
  check(fresh === expected.fresh, () => `${fresh} messages are new in the lake, expected ${expected.fresh}`);
  check(
    quarantined === expected.quarantined,
    () => `${quarantined} messages are new in quarantine, expected ${expected.quarantined}`,
  );
  const { missing, wrong } = compare(assignments, after);
  check(
    missing.length === 0,
    () => `${counted(missing.length, "acknowledged message")} not in the lake, of ${devicesOf(missing)}`,
  );
  check(
    wrong.length === 0,
    () => `${counted(wrong.length, "message")} with too many or too few rows, of ${devicesOf(wrong)}`,
  );
  const taken = after.pipeline.messages - before.pipeline.messages;
  const through = result.acknowledged + result.statusMessages;
  check(
    taken >= through,
    () => `${through} messages were acknowledged, but only ${taken} came out of the log`,
  );
  // A connection that was lost makes repeats on the wire, and other devices may be sending as well: then there are more.
  const dropped = after.pipeline.duplicates - before.pipeline.duplicates;
  check(
    dropped >= duplicates,
    () => `${duplicates} messages should have been dropped as repeats, ${dropped} were`,
  );
  return { acknowledged: result.acknowledged, fresh, quarantined, duplicates, faults };
}

/** How many of the messages sent are new, by what the lake held before. */
function expectations(assignments: readonly Assignment[], before: Inventory) {
  const seen = new Set<string>();
  const expected = { fresh: 0, quarantined: 0 };
  for (const { device, sending } of assignments) {
    for (const { id, outcome } of sending) {
      const known = id === null ? null : key(device.id, id);
      if (known !== null && (before.stored.has(known) || before.quarantined.has(known) || seen.has(known)))
        continue;
      if (known !== null) seen.add(known);
      expected[outcome === "stored" ? "fresh" : "quarantined"] += 1;
    }
  }
  return expected;
}

/** Every message of the devices that can be told from others, against what the lake holds of it. */
function compare(assignments: readonly Assignment[], { stored, quarantined }: Inventory) {
  const missing: string[] = [];
  const wrong: string[] = [];
  for (const { device, sending } of assignments) {
    const distinct = new Map(sending.map((message) => [message.id, message]));
    for (const { id, outcome, rows, codecVersion } of distinct.values()) {
      if (id === null) continue;
      const holding = stored.get(key(device.id, id));
      if (outcome === "quarantined") {
        if (!quarantined.has(key(device.id, id))) missing.push(device.id);
      } else if (holding === undefined) missing.push(device.id);
      // Rows of an earlier version of the profile are as that version made them.
      else if (holding.codecVersion === codecVersion && holding.rows !== rows) wrong.push(device.id);
    }
  }
  return { missing, wrong };
}

const devicesOf = (ids: readonly string[]): string => [...new Set(ids)].join(", ");
