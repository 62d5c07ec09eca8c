/** Everything that can be found by words: devices, their series, profiles, insights, and why messages were put aside. */
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import type { DeviceState } from "../../ports.ts";
import type { Found } from "../api.ts";
import { standing } from "../fleet.ts";
import { numberOf, textOf, textOrNull, type LakeQueries } from "../lake-queries.ts";
import { Memo } from "../memo.ts";
import type { Entry, Wanted } from "./search-index.ts";
import type { Thinking } from "./methods.ts";

/** Milliseconds that an index serves; longer where making it took long. */
const keptMs = 10_000;
/** Each of devices, series, insights and reasons: more would be found by their own filters, not here. */
const mostEntries = 30_000;

const seriesQuery = `
  SELECT device_id, sub_device, metric, any_value(unit) AS unit FROM latest
  GROUP BY ALL ORDER BY ALL LIMIT ${mostEntries}`;

const reasonsQuery = `
  SELECT device_id, reason, any_value(detail) AS detail, any_value(codec) AS codec, CAST(count(*) AS DOUBLE) AS n
  FROM quarantine GROUP BY device_id, reason ORDER BY n DESC, device_id, reason LIMIT ${mostEntries}`;

const insightsQuery = `
  SELECT device_id, sub_device, metric, insight, kind, arg_max(detail, ts) AS detail, CAST(count(*) AS DOUBLE) AS n
  FROM insights GROUP BY device_id, sub_device, metric, insight, kind
  ORDER BY max(ts) DESC, device_id, insight, kind, sub_device, metric LIMIT ${mostEntries}`;

interface Devices {
  devices(): readonly DeviceState[] | Promise<readonly DeviceState[]>;
}

export class Knowledge {
  readonly #queries: LakeQueries;
  readonly #fleet: Devices;
  readonly #profiles: () => readonly Profile[];
  readonly #thinker: Thinking;
  readonly #indexed = new Memo<void>(keptMs, 1);

  /** `queries` of everything: what an asker sees of it is cut afterwards, by device and kind. */
  constructor(queries: LakeQueries, fleet: Devices, profiles: () => readonly Profile[], thinker: Thinking) {
    this.#queries = queries;
    this.#fleet = fleet;
    this.#profiles = profiles;
    this.#thinker = thinker;
  }

  async find(wanted: Wanted): Promise<{ readonly matching: number; readonly found: readonly Found[] }> {
    // A thread that was started anew knows nothing of the former one's index.
    const generation = this.#thinker.start();
    await this.#indexed.get(String(generation), async () =>
      this.#thinker.call("index", await this.#entries()),
    );
    return this.#thinker.call("find", wanted);
  }

  async #entries(): Promise<readonly Entry[]> {
    const [series, insights, reasons] = await Promise.all([
      this.#queries.rows(seriesQuery, [], mostEntries),
      this.#queries.rows(insightsQuery, [], mostEntries),
      this.#queries.rows(reasonsQuery, [], mostEntries),
    ]);
    const devices = (await this.#fleet.devices()).slice(0, mostEntries);
    return [
      ...devices.map((device): Entry => {
        const { deviceId, profile } = device;
        const text = `device ${profile ?? ""} ${standing(device)}`;
        return { kind: "device", device: deviceId, title: deviceId, text, about: { device: deviceId } };
      }),
      ...series.map((row): Entry => {
        const [device, sub, metric] = [
          textOf(row["device_id"]),
          textOrNull(row["sub_device"]),
          textOf(row["metric"]),
        ];
        const text = `${device} ${sub ?? ""} ${textOf(row["unit"])}`;
        return { kind: "series", device, title: metric, text, about: { device, metric, sub } };
      }),
      ...insights.map((row): Entry => {
        const [device, insight] = [textOf(row["device_id"]), textOf(row["insight"])];
        const [sub, metric] = [textOrNull(row["sub_device"]), textOf(row["metric"])];
        const text = `${textOf(row["kind"])} ${device} ${sub ?? ""} ${metric} ${textOf(row["detail"])}`;
        return {
          kind: "insight",
          device,
          title: insight,
          text,
          about: { device, insight, metric, sub, count: numberOf(row["n"]) },
        };
      }),
      ...reasons.map((row): Entry => {
        const [device, reason] = [textOf(row["device_id"]), textOf(row["reason"])];
        const text = `${device} ${textOf(row["detail"])} ${textOf(row["codec"])}`;
        return {
          kind: "quarantine",
          device,
          title: reason,
          text,
          about: { device, reason, count: numberOf(row["n"]) },
        };
      }),
      ...this.#profiles().map((profile): Entry => {
        const { name, description } = profile;
        const text = `${description} ${textsIn(profile).join(" ")}`;
        return { kind: "profile", device: null, title: name, text, about: { profile: name } };
      }),
    ];
  }
}

/** Format, names of fields, units: whatever a profile says in a few words. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.length <= 64 ? [value] : [];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

/** What a program with these scopes may find. */
export function kindsOf(scopes: readonly string[] | "all"): readonly Found["kind"][] {
  const may = (scope: string): boolean => scopes === "all" || scopes.includes(scope);
  return [
    ...(may("devices") ? (["device", "profile"] as const) : []),
    ...(may("values") ? (["series", "insight"] as const) : []),
    ...(may("quarantine") ? (["quarantine"] as const) : []),
  ];
}
