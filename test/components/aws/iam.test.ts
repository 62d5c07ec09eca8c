/** Who may do what: every role and key of the aws target, by an offline evaluator of IAM. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { account, autoName, region } from "../aws-stand-ins.ts";
import type { Recording } from "../harness.ts";
import { documentOf, everything, frugal, recordAws } from "./environment.ts";
import { keyArn, roleMay, type Request } from "./iam-simulator.ts";

const recordings: Record<"frugal" | "everything", Recording> = {} as never;
beforeAll(async () => {
  recordings.frugal = (await recordAws(frugal)).recording;
  recordings.everything = (await recordAws(everything)).recording;
});

const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const bucket = (zone: string) => `arn:aws:s3:::${autoName(`acme-lake-${zone}`)}`;
const object = (zone: string, key: string) => `${bucket(zone)}/${key}`;
const made = { "s3:if-none-match": "*", "s3:ObjectCreationOperation": "true" };
const put = (zone: string, key: string, context: Request["context"] = made): Request => ({
  action: "s3:PutObject",
  resource: object(zone, key),
  context: { "credentials-iot:ThingName": "wrist-01", ...context },
});
const get = (zone: string, key: string): Request => ({ action: "s3:GetObject", resource: object(zone, key) });
const list = (zone: string, prefix: string): Request => ({
  action: "s3:ListBucket",
  resource: bucket(zone),
  context: { "s3:prefix": prefix },
});
const queue = (name: string): Request => ({
  action: "sqs:SendMessage",
  resource: arn("sqs", autoName(name)),
});
const crypt = (
  recording: Recording,
  zone: string,
  action: "Decrypt" | "GenerateDataKey",
  via = "s3",
): Request => ({
  action: `kms:${action}`,
  resource: keyArn(recording, zone === "registry" ? "acme-registry-key" : `acme-lake-${zone}-key`),
  context: {
    "kms:ViaService": `${via}.${region}.amazonaws.com`,
    ...(via === "s3" ? { "kms:EncryptionContext:aws:s3:arn": bucket(zone) } : {}),
    ...(via === "dynamodb" ? { "kms:EncryptionContext:aws:dynamodb:subscriberId": account } : {}),
  },
});

const parquet = "readings/dt=2026-11-21/hr=07/0.parquet";
const frames = "frames_wearable_imu/dt=2026-11-21/hr=07/0.parquet";
const news = arn("sqs", autoName("acme-knowledge-frames"));
const merged = `readings/dt=2026-11-21/hr=07/${"0".repeat(64)}-merge-1.changed.parquet`;
const changes = "_manifest/changes/readings/dt=2026-11-21";
const insight = "insights/rollups_1h/dt=2026-11-21/hr=07/hour.parquet";
const table = arn("dynamodb", `table/${autoName("acme-knowledge-latest")}`);
const alarmBook = arn("dynamodb", `table/${autoName("acme-knowledge-alarm-book")}`);
const births = arn("dynamodb", `table/${autoName("acme-stream-births")}`);
const uploads = arn("sqs", autoName("acme-stream-uploads"));
const errors = arn("sqs", autoName("acme-ingest-dead-letter"));
const registry = arn("dynamodb", `table/${autoName("acme-fleet-registry")}`);
const settings = arn("ssm", `parameter/${autoName("acme-fleet-enrolment-settings")}`);
const tokens = arn("dynamodb", `table/${autoName("acme-knowledge-api-tokens")}`);
const stream = arn("kinesis", `stream/${autoName("acme-stream-kinesis")}`);
const workgroup = arn("athena", `workgroup/${autoName("acme-lake-workgroup")}`);

/** What there is to do, by name. */
const requests = (recording: Recording): Record<string, Request> => ({
  "raw: add a live message": put("raw", "live/dt=2026-11-21/hr=07/0.ndjson.gz"),
  "raw: add a file of wrist-01": put("raw", "offline/wrist-01/0.csv"),
  "raw: add a file of wrist-02": put("raw", "offline/wrist-02/0.csv"),
  "raw: replace": put("raw", "live/dt=2026-11-21/hr=07/0.ndjson.gz", {
    "s3:ObjectCreationOperation": "true",
  }),
  "raw: delete": { action: "s3:DeleteObject", resource: object("raw", "live/0") },
  "raw: read": get("raw", "live/0"),
  "raw: read an upload": get("raw", `offline/wrist-01/telemetry/${"0".repeat(64)}`),
  "curated: write an upload's manifest": put("curated", "_manifest/offline/wrist-01/telemetry/0.json"),
  "uploads: take a turn": { action: "sqs:ReceiveMessage", resource: uploads },
  "uploads: ask for another turn": { action: "sqs:SendMessage", resource: uploads },
  "curated: write rows": put("curated", parquet),
  "curated: write a manifest": put("curated", `_manifest/${parquet}.json`),
  "curated: read rows": get("curated", parquet),
  "insights: read": get("curated", insight),
  "insights: write": put("curated", insight),
  "insights: remove": { action: "s3:DeleteObject", resource: object("curated", insight) },
  "insights: mark an hour": put("curated", "insights/_due/2026-11-21T07/0"),
  "reports: write": put("curated", "_reports/2026-11-26T06Z/report.pdf"),
  "reports: remove": {
    action: "s3:DeleteObject",
    resource: object("curated", "_reports/2026-11-26T06Z/report.pdf"),
  },
  "reports: read": get("curated", "_reports/2026-11-26T06Z/report.pdf"),
  "quarantine: find": list("quarantine", "quarantine/"),
  "curated: remove rows": { action: "s3:DeleteObject", resource: object("curated", parquet) },
  "curated: add a merged file": put("curated", merged),
  "curated: record what was merged": put("curated", `${changes}/00000001.json`),
  "curated: read what was merged": get("curated", `${changes}/00000001.json`),
  "curated: remove what was recorded": {
    action: "s3:DeleteObject",
    resource: object("curated", `${changes}/00000001.json`),
  },
  "curated: remove a version": { action: "s3:DeleteObjectVersion", resource: object("curated", parquet) },
  "curated: find what was merged": list("curated", `${changes}/`),
  "quarantine: write": put("quarantine", "quarantine/dt=2026-11-21/hr=07/0.parquet"),
  "quarantine: read what was changed": get(
    "quarantine",
    "_manifest/changes/quarantine/dt=2026-11-21/00000001.json",
  ),
  "quarantine: remove what a replay made": {
    action: "s3:DeleteObject",
    resource: object("quarantine", merged.replace("readings", "quarantine").replace("merge", "mi9xk2")),
  },
  "quarantine: remove": {
    action: "s3:DeleteObject",
    resource: object("quarantine", "quarantine/dt=2026-11-21/hr=07/0.parquet"),
  },
  "quarantine: read": get("quarantine", "quarantine/dt=2026-11-21/hr=07/0.parquet"),
  "results: write": put("results", "athena/0.csv"),
  "answers: put aside": put("results", `api/${"0".repeat(64)}`),
  "answers: read": get("results", `api/${"0".repeat(64)}`),
  "ask the lake": { action: "athena:StartQueryExecution", resource: workgroup },
  "latest: update": { action: "dynamodb:UpdateItem", resource: table },
  "latest: find silent devices": { action: "dynamodb:Query", resource: `${table}/index/by-last-seen` },
  "latest: read": { action: "dynamodb:GetItem", resource: table },
  ...Object.fromEntries(
    ["GetItem", "PutItem", "Query", "Scan", "DeleteItem"].map((operation) => [
      `alarms: ${operation}`,
      { action: `dynamodb:${operation}`, resource: alarmBook },
    ]),
  ),
  ...Object.fromEntries(
    ["GetItem", "PutItem", "Query", "Scan"].map((operation) => [
      `tokens: ${operation}`,
      { action: `dynamodb:${operation}`, resource: tokens },
    ]),
  ),
  "alarms: tell": { action: "sns:Publish", resource: arn("sns", autoName("acme-knowledge-alarms")) },
  "alarms: tell a device": {
    action: "iot:Publish",
    resource: arn("iot", "topic/devices/press-01/commands/alarm"),
  },
  "send a device another command": {
    action: "iot:Publish",
    resource: arn("iot", "topic/devices/press-01/commands/x"),
  },
  "send in a device's name": {
    action: "iot:Publish",
    resource: arn("iot", "topic/devices/press-01/telemetry"),
  },
  "births: read one": { action: "dynamodb:GetItem", resource: births },
  "births: write one": { action: "dynamodb:PutItem", resource: births },
  "births: list": { action: "dynamodb:Scan", resource: births },
  "births: remove": { action: "dynamodb:DeleteItem", resource: births },
  "start the decoder": {
    action: "lambda:InvokeFunction",
    resource: arn("lambda", `function:${autoName("acme-stream-decoder")}`),
  },
  "start the insight": {
    action: "lambda:InvokeFunction",
    resource: arn("lambda", `function:${autoName("acme-knowledge-insight")}`),
  },
  "start the compaction": {
    action: "lambda:InvokeFunction",
    resource: arn("lambda", `function:${autoName("acme-knowledge-compact")}`),
  },
  "start reports": {
    action: "lambda:InvokeFunction",
    resource: arn("lambda", `function:${autoName("acme-knowledge-report")}`),
  },
  "start declared insights": {
    action: "lambda:InvokeFunction",
    resource: arn("lambda", `function:${autoName("acme-knowledge-declared")}`),
  },
  "error queue": queue("acme-ingest-dead-letter"),
  "error queue: take": { action: "sqs:ReceiveMessage", resource: errors },
  "error queue: remove": { action: "sqs:DeleteMessage", resource: errors },
  "firehose: put": {
    action: "firehose:PutRecord",
    resource: arn("firehose", `deliverystream/${autoName("acme-stream-firehose")}`),
  },
  "kinesis: put": { action: "kinesis:PutRecord", resource: stream },
  "kinesis: put several": { action: "kinesis:PutRecords", resource: stream },
  "frames: read": get("curated", frames),
  "frames: read those of another table": get("curated", frames.replace("wearable", "other")),
  "frames: find": list("curated", frames.replace("0.parquet", "")),
  "frames: find what is beside them": list("curated", "readings/"),
  "frames: take news": { action: "sqs:ReceiveMessage", resource: news },
  "key operations: encrypt scores": {
    action: "kms:GenerateDataKey",
    resource: keyArn(recording, "acme-operations-key"),
    context: { "kms:ViaService": `kinesis.${region}.amazonaws.com` },
  },
  "kinesis: read": { action: "kinesis:GetRecords", resource: stream },
  "copy: write": {
    action: "s3:ReplicateObject",
    resource: object("raw-replica", "live/0"),
  },
  "register a thing": { action: "iot:CreateThing", resource: arn("iot", "thing/wrist-09") },
  "key raw: decrypt": crypt(recording, "raw", "Decrypt"),
  "key raw: encrypt": crypt(recording, "raw", "GenerateDataKey"),
  "key curated: decrypt": crypt(recording, "curated", "Decrypt"),
  "key curated: encrypt": crypt(recording, "curated", "GenerateDataKey"),
  "key curated: decrypt items": crypt(recording, "curated", "Decrypt", "dynamodb"),
  "key curated: encrypt items": crypt(recording, "curated", "GenerateDataKey", "dynamodb"),
  "key quarantine: decrypt": crypt(recording, "quarantine", "Decrypt"),
  "key quarantine: encrypt": crypt(recording, "quarantine", "GenerateDataKey"),
  ...Object.fromEntries(
    ["GetItem", "Query", "Scan", "PutItem", "UpdateItem", "ConditionCheckItem", "DeleteItem"].map(
      (operation) => [`registry: ${operation}`, { action: `dynamodb:${operation}`, resource: registry }],
    ),
  ),
  "enrolment: read its settings": { action: "ssm:GetParameter", resource: settings },
  "enrolment: replace its settings": { action: "ssm:PutParameter", resource: settings },
  ...(recording === recordings.everything
    ? {
        "key registry: decrypt": crypt(recording, "registry", "Decrypt", "dynamodb"),
        "key registry: decrypt settings": crypt(recording, "registry", "Decrypt", "ssm"),
        "key registry: encrypt": crypt(recording, "registry", "GenerateDataKey", "dynamodb"),
      }
    : {}),
});

/** Of who reads all of the curated zone. */
const readFrames = ["frames: read", "frames: read those of another table"];
const find = ["frames: find", "frames: find what is beside them", "curated: find what was merged"];
const allFrames = [...find, ...readFrames];
const readAll = ["curated: read rows", "curated: read what was merged", ...allFrames];

const shared: Record<string, readonly string[]> = {
  "acme-ingest-upload-role": ["raw: add a file of wrist-01", "key raw: decrypt", "key raw: encrypt"],
  "acme-lake-query-role": [
    ...readAll,
    "insights: read",
    "reports: read",
    "quarantine: find",
    "quarantine: read",
    "quarantine: read what was changed",
    "results: write",
    "answers: put aside",
    "answers: read",
    "ask the lake",
    "key curated: decrypt",
    "key curated: encrypt",
    "key quarantine: decrypt",
  ],
  "acme-knowledge-api-role": [
    ...readAll,
    "insights: read",
    "reports: read",
    "quarantine: find",
    "quarantine: read",
    "quarantine: read what was changed",
    "answers: put aside",
    "answers: read",
    "raw: add a file of wrist-01",
    "raw: add a file of wrist-02",
    "key raw: encrypt",
    "start reports",
    "tokens: GetItem",
    "key curated: decrypt",
    "key curated: encrypt",
    "key curated: decrypt items",
    "key curated: encrypt items",
    "key quarantine: decrypt",
  ],
  "acme-knowledge-landed-role": [
    "curated: write a manifest",
    "curated: read rows",
    ...readFrames,
    "latest: update",
    "key curated: decrypt",
    "key curated: encrypt",
    "key curated: decrypt items",
    "key curated: encrypt items",
  ],
  "acme-knowledge-insight-role": [
    "latest: update",
    "latest: find silent devices",
    "key curated: decrypt items",
  ],
  "acme-stream-upload-role": [
    "raw: read an upload",
    "curated: write rows",
    "curated: add a merged file",
    "curated: write an upload's manifest",
    "quarantine: write",
    "uploads: take a turn",
    "uploads: ask for another turn",
    "key raw: decrypt",
    "key curated: encrypt",
    "key quarantine: encrypt",
  ],
  "acme-knowledge-schedule-role": ["start the insight"],
  "acme-knowledge-report-role": [
    "reports: write",
    "reports: remove",
    "curated: find what was merged",
    "frames: find",
    "frames: find what is beside them",
    "quarantine: find",
    "latest: find silent devices",
    "key curated: encrypt",
    "key curated: decrypt items",
  ],
  "acme-knowledge-reports-role": ["start reports"],
  "acme-fleet-provisioning-role": ["register a thing"],
};

/** Of a function that looks after rules. */
const alarms = ["GetItem", "PutItem", "Query", "tell", "tell a device"].map((what) => `alarms: ${what}`);

const decoder = [
  "raw: add a live message",
  "curated: write rows",
  "curated: add a merged file",
  "quarantine: write",
  "births: read one",
  "births: write one",
  "error queue: take",
  "error queue: remove",
  "key raw: encrypt",
  "key curated: encrypt",
  "key quarantine: encrypt",
  "key curated: decrypt items",
  "key curated: encrypt items",
];

/** Of a function that issues certificates. */
const issuing = [
  "registry: GetItem",
  "registry: Query",
  "registry: PutItem",
  "registry: UpdateItem",
  "registry: ConditionCheckItem",
  "enrolment: read its settings",
  "key registry: decrypt",
  "key registry: decrypt settings",
];

/** Every role, and everything of the list that it may do; all else is denied. */
const allowed: Record<keyof typeof recordings, Record<string, readonly string[]>> = {
  frugal: {
    ...shared,
    "acme-stream-decoder-role": decoder,
    "acme-ingest-rule-role": ["error queue", "firehose: put", "key operations: encrypt scores"],
    "acme-stream-delivery-role": [
      "reports: write",
      "curated: write rows",
      "curated: add a merged file",
      "curated: record what was merged",
      "curated: write a manifest",
      "curated: write an upload's manifest",
      "insights: write",
      "insights: mark an hour",
      "start the decoder",
      "key curated: decrypt",
      "key curated: encrypt",
    ],
    "acme-ingest-log-role": [],
    "acme-knowledge-compact-role": [
      ...readAll,
      "curated: remove rows",
      "curated: add a merged file",
      "curated: record what was merged",
      "quarantine: find",
      "quarantine: read what was changed",
      "quarantine: remove what a replay made",
      "key curated: decrypt",
      "key curated: encrypt",
      "key quarantine: decrypt",
    ],
    "acme-knowledge-merge-role": ["start the compaction"],
  },
  everything: {
    ...shared,
    "acme-stream-decoder-role": [...decoder, "kinesis: read", "quarantine: find"],
    "acme-ingest-rule-role": ["error queue", "kinesis: put", "key operations: encrypt scores"],
    "acme-lake-replication-role": ["key raw: decrypt", "copy: write"],
    "acme-fleet-enrol-role": issuing,
    "acme-fleet-claim-signer-role": issuing,
    "acme-fleet-claim-hook-role": ["registry: GetItem", "registry: Query", "key registry: decrypt"],
    "acme-fleet-admission-role": ["registry: GetItem", "registry: Query", "key registry: decrypt"],
    "acme-knowledge-landed-role": [
      ...(shared["acme-knowledge-landed-role"] ?? []),
      ...alarms,
      "insights: mark an hour",
    ],
    "acme-knowledge-declared-role": [
      ...readAll,
      "insights: read",
      "insights: write",
      "insights: remove",
      "insights: mark an hour",
      "key curated: decrypt",
      "key curated: encrypt",
    ],
    "acme-knowledge-timer-role": ["start declared insights"],
    "acme-knowledge-insight-role": [
      ...(shared["acme-knowledge-insight-role"] ?? []),
      ...alarms,
      "latest: read",
      "key curated: encrypt items",
    ],
    "acme-knowledge-scoring-role": [
      "frames: find",
      "frames: read",
      "frames: take news",
      "kinesis: put several",
      "key curated: decrypt",
      "key operations: encrypt scores",
    ],
    "acme-knowledge-report-role": [
      ...(shared["acme-knowledge-report-role"] ?? []),
      "alarms: Query",
      "registry: Scan",
      "key registry: decrypt",
    ],
    "acme-knowledge-api-role": [
      ...(shared["acme-knowledge-api-role"] ?? []),
      ...["alarms: GetItem", "alarms: PutItem", "alarms: Query"],
      ...["registry: Scan", "key registry: decrypt"],
    ],
    "acme-lake-governed-role": [...readAll, "insights: read", "reports: read", "key curated: decrypt"],
    "acme-lake-merge-role": [
      "curated: read rows",
      ...find,
      "results: write",
      "ask the lake",
      "key curated: decrypt",
      "key curated: encrypt",
    ],
  },
};

describe.each(["frugal", "everything"] as const)("environment %s", (name) => {
  test("has exactly these roles", () => {
    const roles = recordings[name].registrations.filter(({ type }) => type === "aws:iam/role:Role");
    expect(roles.map((role) => role.name).sort()).toEqual(Object.keys(allowed[name]).sort());
  });

  test("lets each role do its work and nothing else", async () => {
    const recording = recordings[name];
    for (const [role, may] of Object.entries(allowed[name])) {
      const verdicts: string[] = [];
      for (const [what, request] of Object.entries(requests(recording))) {
        if (await roleMay(recording, role, request)) verdicts.push(what);
      }
      expect([role, verdicts.sort()]).toEqual([role, [...may].sort()]);
    }
  });

  test("has no wildcard but where IAM knows no resource, and no action but a named one", async () => {
    const statements = recordings[name].registrations
      .filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")
      .flatMap(({ name: policy, inputs }) =>
        documentOf(inputs["policy"]).Statement.map((statement) => ({ policy, ...statement })),
      );
    expect(statements.length).toBeGreaterThan(30);
    for (const { policy, Sid, Action, Resource } of statements) {
      for (const action of [Action].flat()) {
        expect([policy, Sid, action]).toEqual([policy, Sid, expect.not.stringContaining("*")]);
        if ([Resource].flat().includes("*")) {
          const [service = "", verb = ""] = action.split(":");
          expect([policy, action, await isWildcardOnlyAction(service, verb)]).toEqual([policy, action, true]);
        }
      }
    }
  });

  test("lets services assume roles for this account alone, where they say for whom", () => {
    for (const { name: role, inputs } of recordings[name].registrations.filter(
      ({ type }) => type === "aws:iam/role:Role",
    )) {
      const [statement] = documentOf(inputs["assumeRolePolicy"]).Statement;
      const principal = JSON.stringify(statement?.Principal);
      expect([role, principal]).toEqual([role, expect.not.stringContaining('"*"')]);
      const bound = statement?.Condition?.["StringEquals"];
      if (/credentials\.iot|"s3|lakeformation/.test(principal)) expect(bound).toBeUndefined();
      else expect(Object.values(bound ?? {})).toEqual([account]);
    }
  });
});
