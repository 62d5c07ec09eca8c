/**
 * Time the pack takes of its own to judge a large stack: resources of all kinds that the rules know, in the proportions
 * of an environment with very many services, each right, wrong or not known yet.
 *
 *     npm run bench:policies -- [--resources 2000] [--rounds 7]
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { judge } from "../policies/kit/judge.ts";
import { rules } from "../policies/rules/index.ts";
import { graphOf, type StateResource } from "../policies/sources/state.ts";
import { median } from "./support/median.ts";

const { values } = parseArgs({
  options: { resources: { type: "string", default: "2000" }, rounds: { type: "string", default: "7" } },
});
const count = Number(values.resources);
const types = [...new Set(rules.flatMap((rule) => rule.types))].filter((type) => !type.includes("*"));
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urnOf = (type: string, index: number): string =>
  `urn:pulumi:bench::fieldlake::${type}::resource-${index}`;
const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: Array.from({ length: 8 }, (_, index) => ({
    Sid: `S${index}`,
    Effect: index % 2 === 0 ? "Allow" : "Deny",
    Principal: { AWS: `arn:aws:iam::123456789012:role/r${index}` },
    Action: ["s3:GetObject", "s3:PutObject", "kms:Decrypt"],
    Resource: [`arn:aws:s3:::data-${index}`, `arn:aws:s3:::data-${index}/*`],
    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
  })),
});

const resources = Array.from({ length: count }, (_, index): StateResource => {
  const type = types[index % types.length] ?? "";
  const key = urnOf("aws:kms/key:Key", 0);
  return {
    urn: urnOf(type, index),
    type,
    custom: true,
    inputs: {
      bucket: `data-${index - 1}`,
      name: `resource-${index}`,
      policy: document,
      assumeRolePolicy: document,
      kmsKeyId: index % 3 === 0 ? unknown : "alias/aws/s3",
      encryption: {
        keySource: "Microsoft.KeyVault",
        keyVaultProperties: { keyName: "k", keyVaultUri: unknown },
      },
      properties: { minTlsVersion: "1.2", publicNetworkAccess: "Disabled" },
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: unknown } }],
      tags: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`tag-${at}`, `value ${at}`])),
    },
    outputs: { arn: `arn:aws:x:eu-central-1:123456789012:resource-${index}`, id: `resource-${index}` },
    propertyDependencies: {
      kmsKeyId: [key],
      rules: [key],
      bucket: [urnOf(types[(index - 1) % types.length] ?? "", index - 1)],
    },
  };
});

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const milliseconds: number[] = [];
let findings = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  const begun = performance.now();
  findings = judge(graphOf(resources), rules).findings.length;
  milliseconds.push(performance.now() - begun);
}
console.log(
  `${count} resources, ${rules.length} rules, ${findings} findings: ${median(milliseconds).toFixed(0)} ms (median; ${Math.min(...milliseconds).toFixed(0)} to ${Math.max(...milliseconds).toFixed(0)})`,
);
