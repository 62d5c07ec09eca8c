/** Devices in memory, outside the JavaScript heap: an id, its profile, its newest certificate. */
import { randomInt } from "node:crypto";
import { fromSeconds, toSeconds } from "./change-codec.ts";
import { bytes, hashOf, RowIndex, shorts, TextHeap, words } from "./columns.ts";
import { sources, type DeviceRecord } from "./model.ts";
import { Table } from "./table.ts";

export class DeviceTable extends Table {
  readonly ids = new TextHeap();
  /** Names of profiles, by the number that rows hold, less one. */
  readonly profiles: string[] = [];
  readonly #at = words();
  readonly #length = bytes();
  readonly #newest = words();
  readonly #profile = shorts();
  readonly #source = bytes();
  readonly #enrolledAt = words();
  /** Seconds since 1970; 0 where there is no invitation. */
  readonly #invitedAt = words();
  readonly columns = [
    this.#at,
    this.#length,
    this.#newest,
    this.#profile,
    this.#source,
    this.#enrolledAt,
    this.#invitedAt,
  ];
  readonly #seed = randomInt(2 ** 32);
  readonly #index = new RowIndex((row) =>
    this.ids.hash(this.#at.get(row), this.#length.get(row), this.#seed),
  );

  find(id: string): number {
    const key = Buffer.from(id);
    return this.#index.find(hashOf(key, 0, key.length, this.#seed), (row) =>
      this.ids.equals(this.#at.get(row), this.#length.get(row), key),
    );
  }

  /** Adds the device, or takes over what is new about one that is there. */
  put({ id, profile, source, enrolledAt }: DeviceRecord): void {
    let row = this.find(id);
    if (row < 0) {
      row = this.addRow();
      const { at, length } = this.ids.add(id);
      this.#at.set(row, at);
      this.#length.set(row, length);
      this.#enrolledAt.set(row, toSeconds(enrolledAt));
      this.#index.add(row);
    }
    this.#profile.set(row, profile === null ? 0 : this.#profileNumber(profile));
    this.#source.set(row, sources.indexOf(source));
  }

  id(row: number): string {
    return this.ids.text(this.#at.get(row), this.#length.get(row));
  }

  /** Row of its newest certificate; -1 where it has none. */
  newest(row: number): number {
    return this.#newest.get(row) - 1;
  }

  /** A certificate ends the invitation to fetch one. */
  setNewest(row: number, certificate: number): void {
    this.#newest.set(row, certificate + 1);
    this.#invitedAt.set(row, 0);
  }

  invite(row: number, at: Date | null): void {
    this.#invitedAt.set(row, at === null ? 0 : toSeconds(at));
  }

  invitedAt(row: number): Date | null {
    const seconds = this.#invitedAt.get(row);
    return seconds === 0 ? null : fromSeconds(seconds);
  }

  profile(row: number): string | null {
    return this.profiles[this.#profile.get(row) - 1] ?? null;
  }

  record(row: number): DeviceRecord {
    return {
      id: this.id(row),
      profile: this.profile(row),
      source: sources[this.#source.get(row)] as DeviceRecord["source"],
      enrolledAt: fromSeconds(this.#enrolledAt.get(row)),
    };
  }

  reindex(): void {
    this.#index.reserve(this.rows);
    for (let row = 0; row < this.rows; row += 1) this.#index.add(row);
  }

  #profileNumber(name: string): number {
    const known = this.profiles.indexOf(name);
    return known >= 0 ? known + 1 : this.profiles.push(name);
  }
}
