/** The HTTP API of AWS as it is planned: its gateway, its function and tokens, by value; nothing where nobody wants one. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { asset } from "@pulumi/pulumi";
import { askingFile } from "../../../functions/agreements.ts";
import { functionLimits } from "../../../functions/asking/function-asking.ts";
import { unwrapped } from "../../../provider/values.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { everything, frugal, recordAws, type Parts } from "./environment.ts";
import { keyArn } from "./iam-simulator.ts";

let plain: { recording: Recording; parts: Parts };
let full: typeof plain;
beforeAll(async () => {
  plain = await recordAws(frugal);
  full = await recordAws(everything);
});

const inputsOf = ({ recording }: typeof plain, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`aws:${type}`, name).inputs);
const tokens = autoName("acme-knowledge-api-tokens");

describe("the HTTP API", () => {
  test("passes on what is below api/, so much a second, and writes down no header and no parameter", () => {
    const routes = plain.recording.registrations
      .filter(({ type }) => type === "aws:apigatewayv2/route:Route")
      .map(({ inputs }) => inputs["routeKey"]);
    expect(routes).toEqual(["GET /api/{proxy+}", "POST /api/{proxy+}"]);
    const stage = inputsOf(plain, "apigatewayv2/stage:Stage", "acme-knowledge-asking-stage") as {
      accessLogSettings: { format: string };
    };
    expect(stage).toMatchObject({
      defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
    });
    expect(stage.accessLogSettings.format).not.toMatch(/authorization|header|body|path|querystring/i);
    expect(inputsOf(plain, "cloudwatch/logGroup:LogGroup", "acme-knowledge-asking-access")).toEqual({
      kmsKeyId: keyArn(plain.recording, "acme-operations-key"),
      retentionInDays: 365,
    });
    expect(inputsOf(plain, "lambda/permission:Permission", "acme-knowledge-asking-may-invoke")).toMatchObject(
      {
        principal: "apigateway.amazonaws.com",
        sourceArn: expect.stringMatching(new RegExp(`^arn:aws:execute-api:${region}:${account}:[^*]+/\\*$`)),
      },
    );
  });

  test("is answered by a function with room for what it brings, told of alarms and registry where there are such", async () => {
    const made = (recorded: typeof plain) =>
      inputsOf(recorded, "lambda/function:Function", "acme-knowledge-api") as {
        environment: { variables: Record<string, string> };
        ephemeralStorage: { size: number };
      };
    expect(made(plain)).toMatchObject({
      ...{ architectures: ["x86_64"], memorySize: 2_048, timeout: 29, reservedConcurrentExecutions: 5 },
      kmsKeyArn: keyArn(plain.recording, "acme-operations-key"),
    });
    const { cacheBytes, most } = functionLimits;
    expect(made(plain).ephemeralStorage.size * 2 ** 20).toBeGreaterThan(cacheBytes + most.exportBytes);
    const { NODE_OPTIONS: _, ...variables } = made(plain).environment.variables;
    expect(variables).toEqual({
      TENANT: "acme",
      CURATED_BUCKET: autoName("acme-lake-curated"),
      QUARANTINE_BUCKET: autoName("acme-lake-quarantine"),
      RAW_BUCKET: autoName("acme-lake-raw"),
      RESULTS_BUCKET: autoName("acme-lake-results"),
      TOKEN_TABLE: tokens,
      REPORTS: expect.stringContaining('"hourUtc":6'),
      REPORT_FUNCTION: autoName("acme-knowledge-report"),
    });
    expect(made(full).environment.variables).toMatchObject({
      ALARM_TABLE: autoName("acme-knowledge-alarm-book"),
      FLEET_TABLE: autoName("acme-fleet-registry"),
    });
    const toldOf = async ({ recording }: typeof plain): Promise<unknown> => {
      const { code } = recording.one("aws:lambda/function:Function", "acme-knowledge-api").inputs;
      const { [askingFile]: told } = await (code as asset.AssetArchive).assets;
      return JSON.parse(String(await (told as asset.StringAsset).text));
    };
    const pinned = ["wrist-01", "wrist-02"];
    const resources = expect.arrayContaining([
      expect.objectContaining({ component: "EncryptedLake" }),
      expect.objectContaining({ component: "KnowledgeBase", name: "latest state" }),
    ]);
    const told = await toldOf(plain);
    expect(told).toEqual({ profiles: [], bindings: [], pinned, models: [], resources });
    // What names places and keys is known only once they are there.
    expect(JSON.stringify(told)).not.toMatch(/arn:|:\/\/|detail|keyId/);
    const evaluation = { windows: expect.any(Number), confusion: expect.any(Array) };
    expect(await toldOf(full)).toMatchObject({
      models: [{ name: "activity", facts: { window: 5_000, trees: expect.any(Number), evaluation } }],
    });
  });

  test("knows its callers by a table under our key; both are outputs", async () => {
    expect(inputsOf(plain, "dynamodb/table:Table", "acme-knowledge-api-tokens")).toMatchObject({
      billingMode: "PAY_PER_REQUEST",
      serverSideEncryption: { enabled: true, kmsKeyArn: keyArn(plain.recording, "acme-lake-curated-key") },
      ttl: { enabled: true, attributeName: "expires" },
    });
    expect(await settled(plain.parts.knowledge.apiTokens)).toEqual({
      ...{ kind: "aws-dynamodb", region, table: tokens },
    });
    expect(await settled(plain.parts.knowledge.api)).toMatch(/^https:\/\/.+\/$/);
  });

  test("is not there where the stack wants none", async () => {
    const none = await recordAws({ ...frugal, aws: { api: "none" } });
    expect(none.recording.inventory().filter((made) => /knowledge-(api|asking)/.test(made))).toEqual([]);
    expect(await settled(none.parts.knowledge.api)).toBeNull();
    expect(await settled(none.parts.knowledge.apiTokens)).toEqual({ kind: "none" });
  });
});
