/** The API as an OpenAPI 3.1 document, made of the schemas that check and type it. */
import { z } from "zod";
import { scopes } from "../access/scopes.ts";
import * as alarms from "./contract/alarms.ts";
import * as fleet from "./contract/fleet.ts";
import * as knowledge from "./contract/knowledge.ts";
import * as lake from "./contract/lake.ts";
import * as models from "./contract/models.ts";
import * as replay from "./contract/replay.ts";
import * as reports from "./contract/reports.ts";
import { operations, type Operation } from "./contract/operations.ts";
import { problem } from "./contract/schema.ts";
import * as uploads from "./contract/uploads.ts";
import * as values from "./contract/values.ts";

type Json = Readonly<Record<string, unknown>>;

/** Named in the document, so that generated clients have names for them too. */
const named = {
  Problem: problem,
  Summary: fleet.summary,
  Fleet: fleet.fleet,
  Device: fleet.device,
  Environment: fleet.environment,
  Rate: values.rate,
  Busiest: values.busiest,
  Latest: values.latest,
  LatestRow: values.latestRow,
  LatestValue: values.latestValue,
  Metrics: values.metrics,
  Metric: values.metric,
  Series: values.series,
  Outlook: knowledge.outlook,
  Insights: knowledge.insights,
  Search: knowledge.search,
  Found: knowledge.found,
  Quarantine: lake.quarantine,
  QuarantineItem: lake.quarantineItem,
  Alarms: alarms.alarms,
  Alarm: alarms.alarm,
  Silence: alarms.silence,
  Models: models.models,
  Replay: replay.replay,
  ReplayRun: replay.run,
  Reports: reports.reports,
  Model: models.model,
  UploadLanes: uploads.lanes,
  UploadState: uploads.uploadState,
  UploadReport: uploads.uploadReport,
  Lake: lake.lake,
  Schema: lake.schema,
  QueryAnswer: lake.queryAnswer,
} as const satisfies Readonly<Record<string, z.ZodType>>;

const reference = (name: string): string => `#/components/schemas/${name}`;

/** Statuses that every operation may answer, beside its own. */
const common: Readonly<Record<string, string>> = {
  400: "A parameter or the body is not what is allowed (`parameter`).",
  401: "No token, a wrong or expired one (`missing`, `wrong`, `expired`).",
  403: "The token is not good for this (`scope`, `devices`), or another page asks (`origin`).",
  429: "Too many requests (`rate`), or wrong tokens (`throttled`); see Retry-After.",
  500: "The lake did not answer (`lake`).",
  503: "The lake is busy (`busy`); see Retry-After.",
};

const ownStatuses: Readonly<Record<string, string>> = {
  query: "422",
  "scan-too-large": "422",
  replay: "422",
  "no-series": "404",
  "no-alarm": "404",
  "no-report": "404",
};

/** @param environment whose API it is @param served operations that are answered */
export function openApi(environment: string, served: readonly string[] = Object.keys(operations)): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    if (!served.includes(name)) continue;
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(name, operation) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: `Fieldlake: ${environment}`,
      version: "1",
      description:
        "Devices, measured values, SQL and quarantine of one environment. Each operation needs a token with its scope: " +
        `${Object.entries(scopes)
          .map(([scope, about]) => `\`${scope}\` (${about})`)
          .join(", ")}. A token of some devices sees nothing of the others.`,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "`npx fieldlake token create` makes one. Bearer tokens as of RFC 6750.",
        },
      },
      schemas: componentSchemas(),
    },
  };
}

function described(
  name: string,
  { method, scope, about, whole, takes, asked, answer, types, problems = [] }: Operation,
): Json {
  const schema = plain(z.toJSONSchema(asked, { io: "input", unrepresentable: "any" }));
  const statuses = { ...common, ...ownProblems(problems) };
  const failures = Object.entries(statuses).map(([status, description]) => [
    status,
    { description, content: { "application/problem+json": { schema: { $ref: reference("Problem") } } } },
  ]);
  return {
    operationId: name,
    summary: about,
    description: `Scope: \`${scope}\`${whole === true ? ", and a token of all devices" : ""}.`,
    security: [{ token: [scope] }],
    ...(method === "get" || takes !== undefined ? { parameters: parametersOf(schema) } : {}),
    ...(method === "post" ? { requestBody: { required: true, content: bodyOf(schema, takes) } } : {}),
    responses: {
      200: { description: about, content: contentOf(schema, answer, types) },
      ...Object.fromEntries(failures),
    },
  };
}

function ownProblems(codes: readonly string[]): Record<string, string> {
  const byStatus = Map.groupBy(codes, (code) => ownStatuses[code] ?? "422");
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [status, `Refused: ${of.map((code) => `\`${code}\``).join(", ")}.`]),
  );
}

function parametersOf({ properties = {}, required = [] }: Json): Json[] {
  return Object.entries(properties as Record<string, Json>).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: (required as readonly string[]).includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

const binary = { schema: {} };

const bodyOf = (schema: Json, takes: number | undefined): Json =>
  takes === undefined ? { "application/json": { schema } } : { "application/octet-stream": binary };

const rowForms = { "text/csv": { schema: { type: "string" } }, "application/vnd.apache.parquet": binary };

function contentOf(asked: Json, answer: z.ZodType | null, types: readonly string[] | undefined): Json {
  if (types !== undefined) return Object.fromEntries(types.map((type) => [type, binary]));
  if (answer === null) return { ...rowForms, "application/x-ndjson": { schema: { type: "string" } } };
  const name = Object.entries(named).find(([, schema]) => schema === answer)?.[0];
  if (name === undefined) throw new Error("openapi: an operation answers a schema without a name");
  const json = { "application/json": { schema: { $ref: reference(name) } } };
  return "format" in ((asked["properties"] ?? {}) as Json) ? { ...json, ...rowForms } : json;
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: reference, unrepresentable: "any" });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema as Json)]));
}

/** OpenAPI says once for all which JSON Schema it speaks, and where a component is. */
const plain = ({ $schema: _, $id: __, ...schema }: Json): Json => schema;
