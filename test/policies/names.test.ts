/** Names written out in a program: they join what belongs together before anything has an id, and nothing else. */
import { describe, expect, test } from "@jest/globals";
import { azureIds } from "../../policies/kit/azure-names.ts";
import { isRequired, misspelt } from "./support/schema.ts";
import { graphOf, notKnownYet, resource, type Extras, type Written } from "./support/stack.ts";

const t = (name: string): string => `azure-native:${name}`;
const planned: Extras = { outputs: {} };
const group = (name: string, inputs: object = {}): Written =>
  resource(t("resources:ResourceGroup"), inputs, { name, ...planned });
const account = (inputs: object, extras: Extras = {}): Written =>
  resource(t("storage:StorageAccount"), inputs, { name: "account", ...planned, ...extras });
const blobs = (inputs: object, extras: Extras = {}): Written =>
  resource(t("storage:BlobServiceProperties"), inputs, { name: "blobs", ...planned, ...extras });

/** What the graph says of who refers to the first resource by a property. */
function joined(
  stack: readonly Written[],
  property: string,
): readonly [names: readonly string[], isOpen: boolean] {
  const graph = graphOf(stack);
  const [to] = graph.resources;
  const referrer = graph.resources.find(({ name }) => name === stack.at(-1)?.name);
  if (to === undefined || referrer === undefined) throw new Error("the stack of this test is empty");
  const back = graph.referring(to, [referrer.type], property);
  const there = graph.referred(referrer, property, [to.type]);
  expect([there.found.map(({ name }) => name), there.isOpen]).toEqual([
    back.found.length > 0 ? [to.name] : [],
    back.isOpen,
  ]);
  return [back.found.map(({ name }) => name), back.isOpen];
}
const isJoined = [["blobs"], false];
const isNot = [[], false];
const isOpen = [[], true];

describe("a child that names its parent by a text", () => {
  const plant = { resourceGroupName: "plant", accountName: "stacct" };

  test("is joined at a first preview, whatever the case", () => {
    expect(joined([account(plant), blobs(plant)], "accountName")).toEqual(isJoined);
    expect(
      joined([account(plant), blobs({ resourceGroupName: "Plant", accountName: "StAcct" })], "accountName"),
    ).toEqual(isJoined);
  });
  test("is joined through one resource group, named or not", () => {
    const unnamed = { resourceGroupName: notKnownYet, accountName: "stacct" };
    const from = { from: { resourceGroupName: ["rg"] } };
    expect(joined([account(unnamed, from), group("rg"), blobs(unnamed, from)], "accountName")).toEqual(
      isJoined,
    );
    const named = group("rg", { resourceGroupName: "plant" });
    expect(joined([account(plant), named, blobs(unnamed, from)], "accountName")).toEqual(isJoined);
  });
  test("is not joined to the same name in another group", () => {
    const other = { resourceGroupName: "other", accountName: "stacct" };
    expect(joined([account(plant), blobs(other)], "accountName")).toEqual(isNot);
    const unnamed = { resourceGroupName: notKnownYet, accountName: "stacct" };
    const stack = [
      account(unnamed, { from: { resourceGroupName: ["one"] } }),
      group("one"),
      group("two"),
      blobs(unnamed, { from: { resourceGroupName: ["two"] } }),
    ];
    expect(joined(stack, "accountName")).toEqual(isNot);
    const made = account(plant, {
      outputs: { id: "/subscriptions/s/resourceGroups/plant/x", name: "stacct" },
    });
    expect(joined([made, blobs(plant)], "accountName")).toEqual(isJoined);
    expect(joined([made, blobs(other)], "accountName")).toEqual(isNot);
  });
  test("is open where the group of one of them is not known", () => {
    const unnamed = { resourceGroupName: notKnownYet, accountName: "stacct" };
    expect(joined([account(plant), blobs(unnamed)], "accountName")).toEqual(isOpen);
  });
  test("is not joined to the same name of another service, nor to another name", () => {
    const cosmos = resource(t("cosmosdb:DatabaseAccount"), plant, { name: "latest", ...planned });
    expect(joined([cosmos, blobs(plant)], "accountName")).toEqual(isNot);
    const bus = { resourceGroupName: "plant", namespaceName: "bus" };
    const hubs = resource(t("eventhub:Namespace"), bus, { name: "hubs", ...planned });
    const rules = resource(t("servicebus:NamespaceNetworkRuleSet"), bus, { name: "rules", ...planned });
    expect(joined([hubs, rules], "namespaceName")).toEqual(isNot);
    expect(joined([account({ ...plant, accountName: "other" }), blobs(plant)], "accountName")).toEqual(isNot);
  });
});

describe("an id that is written out", () => {
  const id = (name: string, of = "plant"): string =>
    `/subscriptions/s/resourceGroups/${of}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const setting = (resourceUri: string): Written =>
    resource(t("monitor:DiagnosticSetting"), { resourceUri }, { name: "setting", ...planned });
  const stacct = account({ resourceGroupName: "plant", accountName: "stacct" });

  test("means the account that will have it, and its services", () => {
    expect(joined([stacct, setting(id("stacct"))], "resourceUri")).toEqual([["setting"], false]);
    expect(joined([stacct, setting(`${id("stacct")}/blobServices/default`)], "resourceUri")[0]).toEqual([
      "setting",
    ]);
  });
  test("means no other account, nor one in another group or subscription", () => {
    expect(joined([stacct, setting(id("other"))], "resourceUri")).toEqual(isNot);
    expect(joined([stacct, setting(id("stacct", "other"))], "resourceUri")).toEqual(isNot);
    const elsewhere = id("stacct").replace("/s/", "/another/");
    const made = account(stacct.inputs, { outputs: { id: elsewhere } });
    expect(joined([made, setting(id("stacct"))], "resourceUri")).toEqual(isNot);
  });
});

test.each(Object.entries(azureIds))("%s has its name where the pack looks for it", (type, path) => {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const token = t(type);
  expect(misspelt(token, Object.fromEntries(names.map((name) => [name, "x"])))).toEqual([]);
  // A program may leave the own name to chance, and no other.
  expect(names.map((name) => isRequired(token, name))).toEqual(
    names.map((_, index) => index < names.length - 1),
  );
});

describe("on AWS", () => {
  const queue = (extras: Extras = {}): Written =>
    resource("aws:sqs/queue:Queue", { name: "readings" }, { name: "queue", ...planned, ...extras });
  const policy = (queueUrl: string): Written =>
    resource("aws:sqs/queuePolicy:QueuePolicy", { queueUrl }, { name: "policy", ...planned });
  const url = "https://sqs.eu-central-1.amazonaws.com/123456789012/readings";

  test("a bucket's name and ARN mean the bucket", () => {
    const bucket = resource("aws:s3/bucket:Bucket", { bucket: "raw" }, { name: "bucket", ...planned });
    const by = (name: string): Written =>
      resource("aws:s3/bucketPolicy:BucketPolicy", { bucket: name }, { name: "policy", ...planned });
    expect(joined([bucket, by("raw")], "bucket")).toEqual([["policy"], false]);
    expect(joined([bucket, by("arn:aws:s3:::raw")], "bucket")).toEqual([["policy"], false]);
    expect(joined([bucket, by("other")], "bucket")).toEqual(isNot);
  });
  test("an ARN or URL with the name of what has none yet is open, since it may be another account's", () => {
    expect(joined([queue(), policy(url)], "queueUrl")).toEqual(isOpen);
    expect(joined([queue(), policy(`${url}-other`)], "queueUrl")).toEqual(isNot);
    const made = queue({ outputs: { arn: "arn:aws:sqs:eu-central-1:123456789012:readings", url } });
    expect(joined([made, policy(url)], "queueUrl")).toEqual([["policy"], false]);
    expect(joined([made, policy(url.replace("123456789012", "999999999999"))], "queueUrl")).toEqual(isNot);
  });
  test("a name holds in its region only", () => {
    const group = (region: string): Written =>
      resource(
        "aws:cloudwatch/logGroup:LogGroup",
        { name: "/aws/lambda/decode", region },
        { name: "group", ...planned },
      );
    const fn = resource(
      "aws:lambda/function:Function",
      { region: "eu-central-1", loggingConfig: { logGroup: "/aws/lambda/decode" } },
      { name: "fn", ...planned },
    );
    expect(joined([group("eu-central-1"), fn], "loggingConfig.logGroup")).toEqual([["fn"], false]);
    expect(joined([group("us-east-1"), fn], "loggingConfig.logGroup")).toEqual(isNot);
  });
});
