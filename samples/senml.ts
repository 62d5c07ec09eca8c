/** SenML packs (RFC 8428) as the room sensors send them: one list of records, written as JSON or as CBOR. */
import { encodeCbor, type CborValue } from "./cbor.ts";

/** One record; the fields of RFC 8428, table 1, that the samples use. */
export interface SenmlRecord {
  readonly bn?: string;
  readonly bt?: number;
  readonly bu?: string;
  readonly bver?: number;
  readonly n?: string;
  readonly u?: string;
  readonly t?: number;
  readonly v?: number;
  readonly vs?: string;
  readonly vb?: boolean;
  /** Base64url without padding; bytes in CBOR. */
  readonly vd?: string;
}

export type SenmlPack = readonly SenmlRecord[];

/** RFC 8428, table 6: the integers that stand for the names in CBOR. */
const cborLabels: Record<keyof SenmlRecord, number> = {
  bver: -1,
  bn: -2,
  bt: -3,
  bu: -4,
  n: 0,
  u: 1,
  v: 2,
  vs: 3,
  vb: 4,
  t: 6,
  vd: 8,
};

export function senmlJson(pack: SenmlPack): Buffer {
  return Buffer.from(JSON.stringify(pack), "utf8");
}

export function senmlCbor(pack: SenmlPack): Buffer {
  const records = pack.map((record) => {
    const fields = Object.entries(record) as [keyof SenmlRecord, number | string | boolean][];
    return new Map<number, CborValue>(
      fields.map(([name, value]) => [
        cborLabels[name],
        name === "vd" ? Buffer.from(String(value), "base64url") : value,
      ]),
    );
  });
  return encodeCbor(records);
}

/** The same pack measured at another time: its base time is `seconds` since 1970, whatever it was. */
export function measuredAt(pack: SenmlPack, seconds: number): SenmlPack {
  return pack.map((record, index) => {
    const { bn, bt: _published, ...rest } = record;
    return { ...(bn === undefined ? {} : { bn }), ...(index === 0 ? { bt: seconds } : {}), ...rest };
  });
}
