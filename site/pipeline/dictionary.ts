/** Codes for what repeats in rows: a whole series (device, metric, unit, codec, …) is one integer. */
import type { PackedDictionary } from "./packed.ts";

/** What a row shares with all other rows of its series. Unused fields are null. */
export interface SeriesFields {
  readonly deviceId: string;
  readonly subDevice: string | null;
  readonly metric: string | null;
  readonly unit: string | null;
  readonly lane: string;
  readonly codec: string;
  readonly codecVersion: string;
}

interface Entry extends SeriesFields {
  readonly code: number;
  /** The next entry of the same device and metric. */
  readonly next: Entry | null;
}

/** Above it the dictionary starts over, so that a device that invents metric names costs no memory. */
const maximumEntries = 1 << 16;

/** Codes of one table's rows, in one worker. */
export class SeriesDictionary {
  readonly #describe: (fields: SeriesFields) => readonly (string | null)[];
  readonly #devices = new Map<string, Map<string | null, Entry>>();
  #epoch = 1;
  #count = 0;
  #sent = 0;
  #added: (readonly (string | null)[])[] = [];

  /** @param describe the fields in the order of the table's dictionary columns */
  constructor(describe: (fields: SeriesFields) => readonly (string | null)[]) {
    this.#describe = describe;
  }

  code(fields: SeriesFields): number {
    let metrics = this.#devices.get(fields.deviceId);
    if (metrics === undefined) this.#devices.set(fields.deviceId, (metrics = new Map()));
    const first = metrics.get(fields.metric) ?? null;
    for (let entry = first; entry !== null; entry = entry.next) {
      if (
        entry.subDevice === fields.subDevice &&
        entry.unit === fields.unit &&
        entry.codec === fields.codec &&
        entry.codecVersion === fields.codecVersion &&
        entry.lane === fields.lane
      ) {
        return entry.code;
      }
    }
    const { deviceId, subDevice, metric, unit, lane, codec, codecVersion } = fields;
    const code = this.#count++;
    metrics.set(metric, { deviceId, subDevice, metric, unit, lane, codec, codecVersion, code, next: first });
    this.#added.push(this.#describe(fields));
    return code;
  }

  /** What the receiver does not know yet. Call once a part, behind its last {@link code}. */
  take(): PackedDictionary {
    const taken = { epoch: this.#epoch, first: this.#sent, entries: this.#added };
    this.#sent = this.#count;
    this.#added = [];
    if (this.#count >= maximumEntries) {
      this.#devices.clear();
      this.#epoch += 1;
      this.#count = 0;
      this.#sent = 0;
    }
    return taken;
  }
}
