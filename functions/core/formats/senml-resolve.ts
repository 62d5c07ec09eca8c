/**
 * SenML packs (RFC 8428): records with their base values applied. JSON and CBOR fill the same
 * {@link RawRecord}, field by field, and hand it over record by record.
 */

import { Fault, shown } from "../fault.ts";

/** The version that RFC 8428 defines; a pack of a later one must not be used (section 4.4). */
export const senmlVersion = 10;

/** Times below are relative to the time of receipt (section 4.5.3). */
export const absoluteTimeFrom = 268_435_456;

/** A name must be unique, not endless: a long base name would be multiplied by every record. */
const maximumName = 255;
const maximumUnit = 32;

/** The fields of the record being read; `undefined` where it has none. One is reused from record to record. */
export class RawRecord {
  bver: number | undefined = undefined;
  bn: string | undefined = undefined;
  bt: number | undefined = undefined;
  bu: string | undefined = undefined;
  bv: number | bigint | undefined = undefined;
  bs: number | undefined = undefined;
  n: string | undefined = undefined;
  u: string | undefined = undefined;
  v: number | bigint | undefined = undefined;
  vs: string | undefined = undefined;
  vb: boolean | undefined = undefined;
  vd: Uint8Array | undefined = undefined;
  /** Object link of LwM2M (OMA LwM2M Core 1.1 section 7.4.4). */
  vlo: string | undefined = undefined;
  s: number | undefined = undefined;
  t: number | undefined = undefined;
  ut: number | undefined = undefined;
  /** What is wrong with the record's own fields; the record is refused, the pack goes on. */
  problem: string | null = null;

  clear(): void {
    this.bver = this.bt = this.bs = this.s = this.t = this.ut = undefined;
    this.bn = this.bu = this.n = this.u = this.vs = this.vlo = undefined;
    this.bv = this.v = undefined;
    this.vb = undefined;
    this.vd = undefined;
    this.problem = null;
  }
}

/** What kind of value a record has, by its SenML label; `none` for a record with a sum alone. */
export type ValueKind = "v" | "vs" | "vb" | "vd" | "vlo" | "none";

/** A resolved record (section 4.6). */
export interface SenmlRecord {
  readonly name: string;
  readonly unit: string | null;
  readonly kind: ValueKind;
  readonly value: number | bigint | string | boolean | Uint8Array | null;
  /** The value integrated over time, in the unit times seconds. */
  readonly sum: number | null;
  /** Seconds since 1970 where `relative` is false, else seconds from the time of receipt. */
  readonly time: number;
  readonly relative: boolean;
  /** Seconds until the sensor speaks again at the latest. */
  readonly updateTime: number | null;
}

export interface SenmlPack {
  readonly records: readonly SenmlRecord[];
  /** Why records had to be left out, for the first of them. */
  readonly problems: readonly Fault[];
  /** How many had to be. */
  readonly leftOut: number;
}

/** Record problems listed in full; of a pack of thousands of bad records nobody reads more. */
const listedProblems = 20;

// Section 4.5.1, and "/" first as LwM2M's paths have it.
const validName = /^[A-Za-z0-9/][A-Za-z0-9\-:./_]*$/;

/** Object and instance, 16 bits each. */
const objectLink =
  /^(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]):(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/;

/** Applies base values record by record. */
export class PackResolver {
  readonly raw = new RawRecord();
  readonly #records: SenmlRecord[] = [];
  readonly #problems: Fault[] = [];
  #leftOut = 0;
  #version: number | null = null;
  #baseName = "";
  #baseTime = 0;
  #baseUnit: string | null = null;
  #baseValue: number | bigint | null = null;
  #baseSum: number | null = null;
  #index = 0;
  #lastLocal = "";
  #lastBase = "";
  #lastName = "";
  /** The last name found valid: packs repeat names, and a comparison is cheaper than a match. */
  #goodName = "";

  /** Take the record in {@link raw}. Throws a Fault where the pack as a whole must be refused. */
  add(): void {
    const { raw } = this;
    const index = this.#index++;
    const isBase = this.#takeBases(raw, index);
    let { problem } = raw;
    let kind: ValueKind = "none";
    let value: SenmlRecord["value"] = null;
    let values = 0;
    if (raw.v !== undefined) {
      values++;
      kind = "v";
      value = this.#baseValue === null ? raw.v : plus(raw.v, this.#baseValue);
    }
    if (raw.vs !== undefined) {
      values++;
      kind = "vs";
      value = raw.vs;
    }
    if (raw.vb !== undefined) {
      values++;
      kind = "vb";
      value = raw.vb;
    }
    if (raw.vd !== undefined) {
      values++;
      kind = "vd";
      value = raw.vd;
    }
    if (raw.vlo !== undefined) {
      values++;
      kind = "vlo";
      value = raw.vlo;
      if (!objectLink.test(raw.vlo)) problem ??= `vlo ${shown(raw.vlo)} is no object link`;
    }
    if (values > 1) problem ??= "more than one value";
    let sum: number | null = raw.s ?? null;
    if (values === 0 && problem === null) {
      if (isBase && raw.s === undefined && raw.n === undefined && raw.t === undefined && raw.u === undefined)
        return;
      // A missing value is zero where there is a base value to add it to (section 4.5.2), and so is a sum.
      if (this.#baseValue !== null) {
        kind = "v";
        value = this.#baseValue;
      } else if (sum === null && this.#baseSum === null) problem = "neither a value nor a sum";
    }
    if (this.#baseSum !== null && (sum !== null || kind === "v" || kind === "none"))
      sum = (sum ?? 0) + this.#baseSum;
    const name = this.#nameOf(raw.n);
    problem ??= this.#nameProblem(name);
    const unit = raw.u ?? this.#baseUnit;
    if (unit !== null && unit.length > maximumUnit) problem ??= `unit of ${unit.length} characters`;
    const time = this.#baseTime + (raw.t ?? 0);
    if (!Number.isFinite(time)) problem ??= "time is no number";
    if (problem !== null) {
      if (this.#leftOut++ < listedProblems)
        this.#problems.push(new Fault("schema", `record ${index}: ${problem}`));
      return;
    }
    this.#records.push({
      name,
      unit,
      kind,
      value,
      sum,
      time,
      relative: time < absoluteTimeFrom,
      updateTime: raw.ut ?? null,
    });
  }

  pack(): SenmlPack {
    return { records: this.#records, problems: this.#problems, leftOut: this.#leftOut };
  }

  /** Whether there is any base field. */
  #takeBases(raw: RawRecord, index: number): boolean {
    if (raw.bver !== undefined) {
      const version = raw.bver;
      if (!Number.isInteger(version) || version < 1) {
        throw new Fault("schema", `record ${index}: bver ${shown(version)} is no positive integer`);
      }
      if (version > senmlVersion) {
        throw new Fault("version", `record ${index}: bver ${version}, understood up to ${senmlVersion}`);
      }
      if (this.#version !== null && this.#version !== version) {
        throw new Fault("version", `record ${index}: bver changes from ${this.#version} to ${version}`);
      }
      this.#version = version;
    }
    if (raw.bn !== undefined) this.#baseName = raw.bn;
    if (raw.bt !== undefined) this.#baseTime = raw.bt;
    if (raw.bu !== undefined) this.#baseUnit = raw.bu;
    if (raw.bv !== undefined) this.#baseValue = raw.bv;
    if (raw.bs !== undefined) this.#baseSum = raw.bs;
    return (raw.bver ?? raw.bn ?? raw.bt ?? raw.bu ?? raw.bv ?? raw.bs) !== undefined;
  }

  /** Base name and name; packs repeat names, and a comparison is cheaper than a text. */
  #nameOf(local: string | undefined): string {
    if (local === undefined) return this.#baseName;
    if (local !== this.#lastLocal || this.#baseName !== this.#lastBase) {
      this.#lastLocal = local;
      this.#lastBase = this.#baseName;
      this.#lastName = this.#baseName + local;
    }
    return this.#lastName;
  }

  #nameProblem(name: string): string | null {
    if (name === this.#goodName && name !== "") return null;
    if (name.length === 0) return "no name";
    if (name.length > maximumName) return `a name of ${name.length} characters`;
    if (!validName.test(name)) return `name ${shown(name)} has characters that RFC 8428 does not allow`;
    this.#goodName = name;
    return null;
  }
}

/** Sum of two values: exact if both are integers, however large. */
function plus(value: number | bigint, base: number | bigint): number | bigint {
  if (typeof value === "number" && typeof base === "number") return value + base;
  const exact = (number: number | bigint): bigint | null =>
    typeof number === "bigint" ? number : Number.isSafeInteger(number) ? BigInt(number) : null;
  const left = exact(value);
  const right = exact(base);
  return left === null || right === null ? Number(value) + Number(base) : left + right;
}
