/** Where each operation is. Does not compile where the table of operations says something else. */
import type { OperationName, Operations } from "../../site/console/contract/operations.ts";

type Address<Name extends OperationName> =
  `${Uppercase<Operations[Name]["method"]>} ${Operations[Name]["path"]}`;

export const addresses = {
  summary: "GET /summary",
  fleet: "GET /fleet",
  rate: "GET /rate",
  busiest: "GET /busiest",
  latest: "GET /latest",
  metrics: "GET /metrics",
  series: "GET /series",
  quarantine: "GET /quarantine",
  outlook: "GET /outlook",
  insights: "GET /insights",
  search: "GET /search",
  alarms: "GET /alarms",
  models: "GET /models",
  acknowledge: "POST /alarms/acknowledge",
  silence: "POST /alarms/silence",
  uploadLanes: "GET /uploads/lanes",
  uploadState: "GET /uploads/state",
  uploadPart: "POST /uploads/part",
  uploadTake: "POST /uploads/take",
  replay: "GET /replay",
  startReplay: "POST /replay",
  reports: "GET /reports",
  makeReport: "POST /reports",
  report: "GET /reports/file",
  lake: "GET /lake",
  schema: "GET /schema",
  environment: "GET /environment",
  query: "POST /query",
  export: "POST /export",
} as const satisfies { readonly [Name in OperationName]: Address<Name> };
