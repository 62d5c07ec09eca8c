/** What an environment in a cloud tells of itself: what is known of it without a site that counts. */
import type { Handlers } from "../../site/console/handlers.ts";
import type { AlarmAnswers, LakeHandlersArgs } from "../../site/console/lake-handlers.ts";
import { Memo } from "../../site/console/memo.ts";
import { readModels } from "../../site/console/model-scores.ts";
import type { ToldModel, ToldResource } from "../agreements.ts";
import type { RangeDesks } from "./desks.ts";
import type { LakeSizes } from "./lake-sizes.ts";

/** Of the environment. */
export interface OverviewArgs {
  readonly environment: string;
  /** `aws`, `azure`. */
  readonly target: string;
  readonly sizes: () => Promise<LakeSizes>;
  readonly models: readonly ToldModel[];
  readonly resources: readonly ToldResource[];
}

export interface OverviewParts extends OverviewArgs, Pick<LakeHandlersArgs, "fleet"> {
  readonly alarms: AlarmAnswers | null;
  readonly desks: RangeDesks;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A listing takes a while, and costs. */
const sizesMs = 60_000;
const alarmsMs = 10_000;
const hourMs = 3_600_000;

export function overviewHandlers({
  environment,
  target,
  models,
  resources,
  fleet,
  alarms,
  desks,
  now,
  ...parts
}: OverviewParts) {
  const sizes = new Memo<LakeSizes>(sizesMs, 1, now);
  const unacknowledged = new Memo<number>(alarmsMs, 1, now);
  const known = () => sizes.get("", parts.sizes);
  const open = async () => alarms?.list({ state: "unacknowledged", limit: 1 }, null);
  return {
    async summary() {
      const { zones } = await known();
      const sum = (field: "files" | "bytes") => zones.reduce((total, zone) => total + zone[field], 0);
      return {
        ...{ now: now(), environment, target, pageVersion: null, broker: null, pipeline: null, log: null },
        fleet: { ...noCounts, total: (await fleet.devices()).length },
        alarms: await unacknowledged.get("", async () => (await open())?.unacknowledged ?? 0),
        stored: { files: sum("files"), bytes: sum("bytes") },
      };
    },
    async models(_, { asker }) {
      // What they told within the last day: no more files than that are brought.
      const from = Math.floor(now() / hourMs - 24) * hourMs;
      const desk = desks.for(asker.devices, { from });
      const states = models.map((model) => ({ ...model, windows: null, since: null, trouble: null }));
      return desk.models.get("", () => readModels(desk.queries, states, now()));
    },
    environment: async () => ({
      name: environment,
      target,
      resources: resources.map((one) => ({ ...one, detail: null, keyId: null })),
    }),
    async lake() {
      const { tables, ...found } = await known();
      return {
        ...found,
        tables: tables.map((table) => ({ ...table, rows: null })),
        pipeline: null,
        log: null,
      };
    },
  } satisfies Partial<Handlers>;
}

const noCounts = { connected: null, online: null, offline: null, silent: null, revoked: null };
