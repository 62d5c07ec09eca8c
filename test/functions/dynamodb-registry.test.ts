/** The registry in DynamoDB against moto: what the local one keeps to, this one keeps to. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { dynamodbRegistry } from "../../functions/adapters/dynamodb-registry.ts";
import { issuedTo, issuerChange, now } from "../fleet/registry/support.ts";
import { describeCloudRegistry, type CloudRegistries } from "./cloud-registry.ts";
import { createTable } from "./dynamodb-table.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";

const tables = ["fleet", "batch"] as const;
let moto: Moto | null = null;
let registries: CloudRegistries | null = null;
beforeAll(async () => {
  moto = await startMoto();
  if (moto === null) return;
  const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
  for (const table of tables) await createTable(access, table);
  registries = {
    registry: dynamodbRegistry(access, tables[0], () => now),
    racing: dynamodbRegistry(oneWriteAtATime(access), tables[0], () => now),
    batches: dynamodbRegistry(access, tables[1]),
  };
  await registries.registry.record([issuerChange]);
}, 120_000);
afterAll(() => moto?.stop());

/** DynamoDB's transactions are isolated; moto's threads are not. Reads stay at once. */
function oneWriteAtATime(plain: AwsAccess): AwsAccess {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...plain,
    fetch: (service, url, init) => {
      const send = () => plain.fetch(service, url, init);
      if (!JSON.stringify(init.headers).includes("TransactWriteItems")) return send();
      const sent = last.then(send, send);
      last = sent;
      return sent;
    },
  };
}

describeCloudRegistry("the registry in DynamoDB", () => registries);

test("a transaction has a token of its own, by which DynamoDB knows it again when it is sent twice", async () => {
  if (moto === null) return;
  const plain = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
  const tokens: unknown[] = [];
  const watched: AwsAccess = {
    ...plain,
    fetch: (service, url, init) => {
      const { ClientRequestToken } = JSON.parse(String(init.body)) as { ClientRequestToken?: string };
      if (JSON.stringify(init.headers).includes("TransactWriteItems")) tokens.push(ClientRequestToken);
      return plain.fetch(service, url, init);
    },
  };
  const registry = dynamodbRegistry(watched, tables[0], () => now);
  for (const device of ["hoist-1", "hoist-2"]) await registry.record([issuedTo(device)]);
  expect(tokens).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36}$/),
    expect.stringMatching(/^[0-9a-f-]{36}$/),
  ]);
  expect(new Set(tokens).size).toBe(2);
});
