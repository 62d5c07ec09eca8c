/** Where a cloud keeps its alarms: the same of DynamoDB, of Cosmos DB and of the tests' own. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsAccess, type AwsAccess } from "../../../functions/adapters/aws-client.ts";
import { azureFetch, type AzureFetch } from "../../../functions/adapters/azure-client.ts";
import { documentContainer } from "../../../functions/adapters/cosmos-documents.ts";
import { documentTable } from "../../../functions/adapters/dynamodb-documents.ts";
import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";
import { startFakeAzure, type FakeAzure } from "../azure-server.ts";
import { createTable } from "../dynamodb-table.ts";
import { memoryDocuments } from "./memory-documents.ts";

let moto: Moto | null = null;
let azure: FakeAzure;
const opened: Record<string, KeptDocuments | null> = {};
let access: AwsAccess;
beforeAll(async () => {
  azure = await startFakeAzure();
  opened["memory"] = memoryDocuments();
  opened["Cosmos DB"] = documentContainer(azureFetch(azure.env), {
    endpoint: azure.origin,
    database: "fieldlake",
    container: "alarms",
  });
  moto = await startMoto();
  if (moto === null) return;
  access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
  await createTable(access, "alarms");
  opened["DynamoDB"] = documentTable(access, "alarms");
}, 120_000);
afterAll(async () => {
  await azure.close();
  await moto?.stop();
});

const all = async (documents: KeptDocuments, partition: string, prefix: string): Promise<unknown[]> => {
  const found = new Map<string, unknown>();
  for await (const { id, body } of documents.below(partition, prefix)) found.set(id, body);
  return [...found].sort();
};

describe.each(["memory", "Cosmos DB", "DynamoDB"])("documents in %s", (name) => {
  /** Without the service nothing is proved, which was said aloud. */
  const provided = (work: (documents: KeptDocuments) => Promise<void>) => async (): Promise<void> => {
    const documents = opened[name];
    if (documents) await work(documents);
  };

  test(
    "what was written is read; who comes second with the same revision is told so",
    provided(async (documents) => {
      expect(await documents.read("series press-1", "a")).toBeNull();
      expect(await documents.write("series press-1", "a", { n: 1 }, null, 30)).toBe(true);
      expect(await documents.write("series press-1", "a", { n: 9 }, null)).toBe(false);
      const first = await documents.read("series press-1", "a");
      expect(first?.body).toEqual({ n: 1 });
      const revision = String(first?.revision);
      expect(await documents.write("series press-1", "a", { n: 2 }, revision)).toBe(true);
      expect(await documents.write("series press-1", "a", { n: 3 }, revision)).toBe(false);
      expect((await documents.read("series press-1", "a"))?.body).toEqual({ n: 2 });
      expect(await documents.read("series press-2", "a")).toBeNull();
    }),
  );

  test(
    "one may be as large as a detector",
    provided(async (documents) => {
      const body = { detector: "k".repeat(200_000) };
      expect(await documents.write("series press-1", "large", body, null, 41)).toBe(true);
      expect((await documents.read("series press-1", "large"))?.body).toEqual(body);
    }),
  );

  test(
    "what was taken away is not there, and may be written anew",
    provided(async (documents) => {
      await documents.write("open", "hot@1:ab", { id: "ab" }, null);
      const revision = String((await documents.read("open", "hot@1:ab"))?.revision);
      expect(await documents.write("open", "hot@1:ab", null, revision)).toBe(true);
      expect(await documents.read("open", "hot@1:ab")).toBeNull();
      expect(await all(documents, "open", "")).toEqual([]);
      expect(await documents.write("open", "hot@1:ab", { id: "again" }, null)).toBe(true);
      expect((await documents.read("open", "hot@1:ab"))?.body).toEqual({ id: "again" });
    }),
  );

  test(
    "a partition is listed by ids, whole or below a prefix, over several pages",
    provided(async (documents) => {
      const ids = ["cold@1:1", "hot@1:1", "hot@1:2", "hot@1:3", "hot@1:4", "hot@12:1", "hotter@1:1"].sort();
      for (const id of ids.toReversed()) await documents.write("list", id, { id }, null);
      expect(await all(documents, "list", "")).toEqual(ids.map((id) => [id, { id }]));
      expect(await all(documents, "list", "hot@1:")).toEqual(
        ids.filter((id) => id.startsWith("hot@1:")).map((id) => [id, { id }]),
      );
      expect(await all(documents, "nobody", "")).toEqual([]);
    }),
  );
});

test("Cosmos DB is asked for what a partition had when it was last heard of, also of many partitions and out of order", async () => {
  const sent: (string | undefined)[] = [];
  let token = "0:-1#1";
  const fetch: AzureFetch = (_resource, _url, { headers }) => {
    const { "x-ms-session-token": session, "x-ms-documentdb-partitionkey": key } = headers as Record<
      string,
      string
    >;
    if (key === '["series a"]') sent.push(session);
    return Promise.resolve(new Response(null, { status: 404, headers: { "x-ms-session-token": token } }));
  };
  const documents = documentContainer(fetch, {
    endpoint: "https://acme.documents.azure.com",
    database: "d",
    container: "alarms",
  });
  for (token of ["0:-1#40", "0:-1#9", "0:-1#41", "1:-1#3"]) await documents.read("series a", "x");
  for (let at = 0; at < 2_500; at++) {
    await documents.read(`series ${at}`, "x");
    if (at % 900 === 0) await documents.read("series a", "x");
  }
  expect(sent.slice(0, 4)).toEqual([undefined, "0:-1#40", "0:-1#40", "0:-1#41"]);
  expect(sent.slice(4)).toEqual(["1:-1#3", "1:-1#3", "1:-1#3"]);
});

test("DynamoDB removes what is over by its own clock", async () => {
  if (moto === null) return;
  const documents = documentTable(access, "alarms", () => 1_000_000);
  await documents.write("alarm", "kept", { n: 1 }, null, 90);
  await documents.write("alarm", "lasting", { n: 1 }, null);
  const expiresOf = async (id: string): Promise<unknown> => {
    const answer = await access.fetch("dynamodb", `${access.address("dynamodb")}/`, {
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem" },
      body: JSON.stringify({ TableName: "alarms", Key: { p: { S: "alarm" }, s: { S: id } } }),
    });
    return ((await answer.json()) as { Item: Record<string, unknown> }).Item["expires"];
  };
  expect(await expiresOf("kept")).toEqual({ N: String(1_000 + 90 * 86_400) });
  expect(await expiresOf("lasting")).toBeUndefined();
});
