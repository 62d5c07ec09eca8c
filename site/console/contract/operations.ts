/** Every operation of the API, once: routes, the OpenAPI document and the client follow from it. */
import type { z } from "zod";
import type { Scope } from "../../access/scopes.ts";
import { insightRequest } from "../../../functions/declared-insights/question.ts";
import { acknowledgeRequest, listRequest, silenceRequest } from "../../../functions/alarms/requests.ts";
import { replayRequest } from "../../replay/replay-request.ts";
import * as alarms from "./alarms.ts";
import * as fleet from "./fleet.ts";
import * as knowledge from "./knowledge.ts";
import * as models from "./models.ts";
import * as lake from "./lake.ts";
import * as parameters from "./parameters.ts";
import * as replay from "./replay.ts";
import * as reports from "./reports.ts";
import * as uploads from "./uploads.ts";
import * as values from "./values.ts";

export interface Operation {
  readonly method: "get" | "post";
  /** Below `/api`. */
  readonly path: `/${string}`;
  readonly scope: Scope;
  readonly about: string;
  /** Of the whole environment: refused to tokens of some devices. */
  readonly whole?: true;
  /** The body is bytes, as many at the most. */
  readonly takes?: number;
  /** Of the address (`get`, and where the body is bytes), or of the body (`post`). */
  readonly asked: z.ZodType;
  /** Null: bytes. */
  readonly answer: z.ZodType | null;
  /** Media types of an answer that is bytes. Default those of rows. */
  readonly types?: readonly string[];
  /** Codes of problems beyond those that every operation may have. */
  readonly problems?: readonly string[];
}

const sqlProblems = ["query", "scan-too-large"] as const;

export const operations = {
  summary: {
    method: "get",
    path: "/summary",
    scope: "environment",
    whole: true,
    about: "Counts of fleet, broker, log and lake.",
    asked: parameters.nothing,
    answer: fleet.summary,
  },
  fleet: {
    method: "get",
    path: "/fleet",
    scope: "devices",
    about: "Devices, by id.",
    asked: parameters.fleetParameters,
    answer: fleet.fleet,
  },
  rate: {
    method: "get",
    path: "/rate",
    scope: "values",
    about: "Rows that arrived in each minute.",
    asked: parameters.rateParameters,
    answer: values.rate,
  },
  busiest: {
    method: "get",
    path: "/busiest",
    scope: "values",
    about: "The device to begin with.",
    asked: parameters.nothing,
    answer: values.busiest,
  },
  latest: {
    method: "get",
    path: "/latest",
    scope: "values",
    about: "The newest value of each series.",
    asked: parameters.latestParameters,
    answer: values.latest,
  },
  metrics: {
    method: "get",
    path: "/metrics",
    scope: "values",
    about: "Which series a device has.",
    asked: parameters.metricsParameters,
    answer: values.metrics,
  },
  series: {
    method: "get",
    path: "/series",
    scope: "values",
    about: "A series in buckets: smallest, largest and mean value of each.",
    asked: parameters.seriesParameters,
    answer: values.series,
    problems: ["no-series"],
  },
  quarantine: {
    method: "get",
    path: "/quarantine",
    scope: "quarantine",
    about: "Messages that no decoder took, newest first.",
    asked: parameters.quarantineParameters,
    answer: lake.quarantine,
  },
  outlook: {
    method: "get",
    path: "/outlook",
    scope: "values",
    about: "What a series lets expect, with an interval, and what stood out in it.",
    asked: parameters.outlookParameters,
    answer: knowledge.outlook,
    problems: ["no-series"],
  },
  insights: {
    method: "get",
    path: "/insights",
    scope: "values",
    about: "What the declared insights found, newest first, and the files that it rests on.",
    asked: insightRequest,
    answer: knowledge.insights,
  },
  search: {
    method: "get",
    path: "/search",
    scope: "devices",
    about:
      "Devices, profiles, series and reasons of quarantine by words; the latter two as far as the token goes.",
    asked: parameters.searchParameters,
    answer: knowledge.search,
  },
  alarms: {
    method: "get",
    path: "/alarms",
    scope: "alarms",
    about: "What the rules found, newest first.",
    asked: listRequest,
    answer: alarms.alarms,
  },
  models: {
    method: "get",
    path: "/models",
    scope: "values",
    about: "Learned models that score devices, how well each did, and what they told within the last day.",
    asked: parameters.nothing,
    answer: models.models,
  },
  acknowledge: {
    method: "post",
    path: "/alarms/acknowledge",
    scope: "alarms",
    about: "Somebody looks after an alarm; the first acknowledgement stands.",
    asked: acknowledgeRequest,
    answer: alarms.alarm,
    problems: ["no-alarm"],
  },
  silence: {
    method: "post",
    path: "/alarms/silence",
    scope: "alarms",
    whole: true,
    about: "Nobody is told of matching alarms for a while; they are raised all the same.",
    asked: silenceRequest,
    answer: alarms.silence,
  },
  uploadLanes: {
    method: "get",
    path: "/uploads/lanes",
    scope: "uploads",
    about: "Where a file of a device may go, and which profile reads it there.",
    asked: uploads.lanesParameters,
    answer: uploads.lanes,
  },
  uploadState: {
    method: "get",
    path: "/uploads/state",
    scope: "uploads",
    about: "How much of a file is safe; it goes on from there, whoever began it.",
    asked: uploads.uploadParameters,
    answer: uploads.uploadState,
    problems: ["upload"],
  },
  uploadPart: {
    method: "post",
    path: "/uploads/part",
    scope: "uploads",
    about: "The next part of a file, synced to disk when this is answered.",
    takes: uploads.mostPartBytes,
    asked: uploads.partParameters,
    answer: uploads.uploadState,
    problems: ["upload"],
  },
  uploadTake: {
    method: "post",
    path: "/uploads/take",
    scope: "uploads",
    about: "The whole file becomes rows, by the profile of its channel. Without a report: ask again.",
    asked: uploads.takeBody,
    answer: uploads.uploadState,
    problems: ["upload"],
  },
  replay: {
    method: "get",
    path: "/replay",
    scope: "replay",
    whole: true,
    about: "How the replay at hand stands, and what replays have changed.",
    asked: parameters.nothing,
    answer: replay.replay,
  },
  startReplay: {
    method: "post",
    path: "/replay",
    scope: "replay",
    whole: true,
    about:
      "Stored messages go through the deployed decoder again; what comes out differently takes its rows' place.",
    asked: replayRequest,
    answer: replay.run,
    problems: ["replay"],
  },
  reports: {
    method: "get",
    path: "/reports",
    scope: "reports",
    whole: true,
    about: "Reports that are kept, newest first, and when the next one is due.",
    asked: parameters.nothing,
    answer: reports.reports,
  },
  makeReport: {
    method: "post",
    path: "/reports",
    scope: "reports",
    whole: true,
    about: "A report of now. While `making` is true in the answer, it is under way: ask for the list again.",
    asked: reports.makeBody,
    answer: reports.reports,
  },
  report: {
    method: "get",
    path: "/reports/file",
    scope: "reports",
    whole: true,
    about: "One report as a file.",
    asked: reports.reportParameters,
    answer: null,
    types: ["text/html", "application/pdf"],
    problems: ["no-report"],
  },
  lake: {
    method: "get",
    path: "/lake",
    scope: "environment",
    whole: true,
    about: "Sizes, and the newest files.",
    asked: parameters.nothing,
    answer: lake.lake,
  },
  schema: {
    method: "get",
    path: "/schema",
    scope: "query",
    about: "The views that SQL may name, with their columns.",
    asked: parameters.nothing,
    answer: lake.schema,
  },
  environment: {
    method: "get",
    path: "/environment",
    scope: "environment",
    whole: true,
    about: "What the environment is made of, and how it is encrypted.",
    asked: parameters.nothing,
    answer: fleet.environment,
  },
  query: {
    method: "post",
    path: "/query",
    scope: "query",
    about: "The first rows that a statement answers. `from` and `to` bound which files are read.",
    asked: parameters.queryBody,
    answer: lake.queryAnswer,
    problems: sqlProblems,
  },
  export: {
    method: "post",
    path: "/export",
    scope: "query",
    about: "All rows that a statement answers, as a file.",
    asked: parameters.exportBody,
    answer: null,
    problems: sqlProblems,
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
