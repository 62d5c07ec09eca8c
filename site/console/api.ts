/**
 * What the page, other programs and the server say to each other, as types of the schemas in `contract/`. Types only, so
 * that all sides may import them.
 */
import type { z } from "zod";
import type * as fleet from "./contract/fleet.ts";
import type * as knowledge from "./contract/knowledge.ts";
import type * as models from "./contract/models.ts";
import type * as replay from "./contract/replay.ts";
import type * as reports from "./contract/reports.ts";
import type * as lake from "./contract/lake.ts";
import type { exportBody, latestOrders, queryBody } from "./contract/parameters.ts";
import type { Answer, problem } from "./contract/schema.ts";
import type * as uploads from "./contract/uploads.ts";
import type * as values from "./contract/values.ts";

export type Problem = Answer<typeof problem>;

/** As a site answers, which knows what a cloud does not. */
type Known<Value, Keys extends keyof Value = keyof Value> = Omit<Value, Keys> & {
  readonly [Key in Keys]: NonNullable<Value[Key]>;
};

export type FleetCounts = Known<Answer<typeof fleet.fleetCounts>>;
type AnySummary = Answer<typeof fleet.summary>;
/** Of a site. */
export type Summary = Omit<Known<AnySummary, "pageVersion" | "broker" | "pipeline">, "fleet"> & {
  readonly fleet: FleetCounts;
};
export type Fleet = Answer<typeof fleet.fleet>;
type AnyEnvironment = Answer<typeof fleet.environment>;
/** Of a site. */
export type EnvironmentView = Omit<AnyEnvironment, "resources"> & {
  readonly resources: readonly Known<AnyEnvironment["resources"][number], "detail">[];
};

export type Rate = Answer<typeof values.rate>;
export type Busiest = Answer<typeof values.busiest>;
export type LatestValue = Answer<typeof values.latestValue>;
export type LatestRow = Answer<typeof values.latestRow>;
export type LatestOrder = (typeof latestOrders)[number];
export type Latest = Answer<typeof values.latest>;
export type Metric = Answer<typeof values.metric>;
export type Metrics = Answer<typeof values.metrics>;
export type Series = Answer<typeof values.series>;

export type Outlook = Answer<typeof knowledge.outlook>;
export type Insights = Answer<typeof knowledge.insights>;
export type Found = Answer<typeof knowledge.found>;
export type Search = Answer<typeof knowledge.search>;

/** Of a site. */
export type Model = Known<Answer<typeof models.model>, "windows" | "lookedUpTo">;
export type Replay = Answer<typeof replay.replay>;
export type ReplayRun = Answer<typeof replay.run>;
export type ReportList = Answer<typeof reports.reports>;
export type Models = Answer<typeof models.models>;
/** Of a site. */
export type SiteModels = Omit<Models, "models"> & { readonly models: readonly Model[] };

export type UploadLanes = Answer<typeof uploads.lanes>;
export type UploadState = Answer<typeof uploads.uploadState>;
export type UploadReport = Answer<typeof uploads.uploadReport>;

export type QuarantineItem = Answer<typeof lake.quarantineItem>;
export type Quarantine = Answer<typeof lake.quarantine>;
export type LakeFile = Answer<typeof lake.lakeFile>;
type AnyLake = Answer<typeof lake.lake>;
/** Of a site. */
export type LakeView = Omit<Known<AnyLake, "pipeline">, "tables"> & {
  readonly tables: readonly Known<AnyLake["tables"][number], "rows">[];
};
export type Schema = Answer<typeof lake.schema>;
export type QueryRequest = z.input<typeof queryBody>;
export type ExportRequest = z.input<typeof exportBody>;
export type QueryAnswer = Answer<typeof lake.queryAnswer>;
