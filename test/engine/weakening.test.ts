/**
 * The environments to keep, planned by the real engine under the pack: they pass, and every weaker copy of one of their
 * resources is caught. Those of development are tested where they are made (aws.test.ts, azure.test.ts).
 */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfPreview } from "../../policies/sources/preview.ts";
import { nameOf } from "../policies/mutation/mutants.ts";
import { survivorsOf } from "../policies/mutation/survivors.ts";
import { createCloudStack } from "./support/cloud-stack.ts";
import { hasEngine } from "./support/stack.ts";

const minutes = 60_000;
/** The option with the most rules of its own. */
const withSql =
  '    serverlessSql: { administrator: "40000000-0000-4000-8000-000000000004" }\n    network: private';

beforeAll(async () => {
  if (!(await hasEngine())) throw new Error("there is no engine on PATH: run npm test, which brings one in");
});

describe.each([
  ["Pulumi.aws-prod.yaml", 500, ["aws-iot-require-customer-key", "aws-s3-require-customer-key"]],
  [
    "Pulumi.azure-prod.yaml",
    500,
    [
      "azure-app-require-tls-to-workers",
      "azure-eventgrid-close-network",
      "azure-eventgrid-require-customer-key",
      "azure-operationalinsights-require-customer-key",
    ],
  ],
])("the environment of %s", (shipped, fewest, exceptions) => {
  let preview: string;
  beforeAll(async () => {
    const stack = await createCloudStack(shipped);
    if (shipped.includes("azure")) await stack.reconfigure("    network: private", withSql);
    const { status, text } = await stack.pulumi("preview", "--json", "--policy-pack", "policies");
    await stack.dispose();
    expect([status, status === 0 ? "" : text.slice(-3000)]).toEqual([0, ""]);
    preview = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  }, 4 * minutes);

  test("passes, with its named exceptions only", () => {
    const { findings } = judge(graphOfPreview(preview), rules);
    expect(findings.filter(({ verdict }) => verdict === "fail")).toEqual([]);
    const named = findings.filter(({ verdict }) => verdict === "not-supported").map(({ rule }) => rule.id);
    expect([...new Set(named)].sort()).toEqual(exceptions);
  });

  test(
    "is caught when any of its properties is weakened",
    () => {
      const { mutants, survivors } = survivorsOf(graphOfPreview(preview), rules);
      expect(survivors.map(nameOf)).toEqual([]);
      expect(mutants).toBeGreaterThan(fewest);
    },
    2 * minutes,
  );
});
