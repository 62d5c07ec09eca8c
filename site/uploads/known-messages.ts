/** Which messages the lake has already, whenever and over whichever lane they came. */
import type { Decoder } from "../../functions/core/decoder.ts";
import { tsFromIngest } from "../../functions/core/flags.ts";
import type { Decoded, Message, Micros } from "../../functions/core/model.ts";
import { quoteIdentifier } from "../../functions/core/table.ts";
import type { Lake } from "../store/lake.ts";

export class KnownMessages {
  readonly #lake: Pick<Lake, "query">;
  readonly #decoder: Decoder;
  readonly #decoded: (message: Message, rows: Decoded) => void;

  /** `decoded` hears of each message what it becomes. */
  constructor(
    lake: Pick<Lake, "query">,
    decoder: Decoder,
    decoded: (message: Message, rows: Decoded) => void = () => undefined,
  ) {
    this.#lake = lake;
    this.#decoder = decoder;
    this.#decoded = decoded;
  }

  /**
   * Those of the messages, all of one device, that are not in the lake; of equal ones the first. What becomes neither a row nor
   * an entry of the quarantine, because the profile knows none of its values, is in no lake: it is always among them.
   */
  async unknown(messages: readonly Message[]): Promise<readonly Message[]> {
    const found = new Map<string, Message>();
    const ids: string[] = [];
    const times: Micros[] = [];
    let isTimed = true;
    for (const message of messages) {
      const rows = this.#decoder.decode([message]);
      this.#decoded(message, rows);
      const { readings, frames, quarantined } = rows;
      for (const { ts, flags } of [...readings, ...frames]) {
        times.push(ts);
        // The live copy of a message without a time of its own has the time of its arrival.
        if ((flags & tsFromIngest) !== 0) isTimed = false;
      }
      if (quarantined.length > 0) isTimed = false;
      const id = (readings[0] ?? frames[0] ?? quarantined[0])?.msgId;
      const key = id === undefined ? message.position : Buffer.from(id).toString("hex");
      if (found.has(key)) continue;
      found.set(key, message);
      if (id !== undefined) ids.push(key);
    }
    const known = await this.#known(messages[0]?.deviceId, ids, isTimed ? times : []);
    return [...found].filter(([key]) => !known.has(key)).map(([, message]) => message);
  }

  async #known(
    deviceId: string | undefined,
    hexIds: readonly string[],
    times: readonly Micros[],
  ): Promise<ReadonlySet<string>> {
    if (deviceId === undefined || hexIds.length === 0) return new Set();
    const ids = hexIds.join(",");
    const range = times.reduce(
      ([least, most], time) => [Math.min(least, time), Math.max(most, time)] as const,
      [Infinity, -Infinity] as const,
    );
    // A live copy whose clock was not believed, and a file's that was put right, have the device's time beside.
    const between = "BETWEEN make_timestamptz(CAST(? AS BIGINT)) AND make_timestamptz(CAST(? AS BIGINT))";
    const bounds = times.length === 0 ? "" : ` AND (ts ${between} OR ts_raw ${between})`;
    const limits = times.length === 0 ? [] : [...range, ...range];
    const wanted = "msg_id IN (SELECT unhex(unnest(string_split(?, ','))))";
    const tables = [...(await this.#frameTables()), "readings"].map((name) => ({
      sql: `SELECT msg_id FROM ${quoteIdentifier(name)} WHERE device_id = ? AND ${wanted}${bounds}`,
      parameters: [deviceId, ids, ...limits],
    }));
    const quarantine = {
      sql: `SELECT msg_id FROM quarantine WHERE device_id = ? AND ${wanted}`,
      parameters: [deviceId, ids],
    };
    const all = [...tables, quarantine];
    const { rows } = await this.#lake.query(
      `SELECT DISTINCT hex(msg_id) FROM (${all.map(({ sql }) => sql).join(" UNION ALL ")})`,
      { parameters: all.flatMap(({ parameters }) => parameters), maxRows: hexIds.length },
    );
    return new Set(rows.map(([id]) => String(id).toLowerCase()));
  }

  async #frameTables(): Promise<readonly string[]> {
    const { rows } = await this.#lake.query(
      "SELECT DISTINCT table_name FROM information_schema.tables WHERE starts_with(table_name, 'frames_')",
    );
    return rows.map(([name]) => String(name));
  }
}
