/** API tokens of a cloud stack: the same of DynamoDB, of Cosmos DB and of the tests' own documents. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { documentContainer } from "../../../functions/adapters/cosmos-documents.ts";
import { documentTable } from "../../../functions/adapters/dynamodb-documents.ts";
import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";
import { tokenBook } from "../../../functions/asking/token-book.ts";
import type { TokenRequest } from "../../../site/access/api-token.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";
import { memoryDocuments } from "../alarms/memory-documents.ts";
import { startFakeAzure, type FakeAzure } from "../azure-server.ts";
import { createTable } from "../dynamodb-table.ts";

let moto: Moto | null = null;
let azure: FakeAzure;
const opened: Record<string, KeptDocuments | null> = {};
beforeAll(async () => {
  azure = await startFakeAzure();
  opened["memory"] = memoryDocuments();
  opened["Cosmos DB"] = documentContainer(azureFetch(azure.env), {
    endpoint: azure.origin,
    database: "fieldlake",
    container: "tokens",
  });
  moto = await startMoto();
  if (moto === null) return;
  const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
  await createTable(access, "tokens");
  opened["DynamoDB"] = documentTable(access, "tokens");
}, 120_000);
afterAll(async () => {
  await azure.close();
  await moto?.stop();
});

const now = Date.parse("2026-11-26T12:00:00Z");
const day = 86_400_000;
const asked = (name: string, more: Partial<TokenRequest> = {}): TokenRequest => ({
  name,
  scopes: ["values", "query"],
  devices: ["press-*"],
  days: 2,
  ...more,
});

describe.each(["memory", "Cosmos DB", "DynamoDB"])("tokens in %s", (where) => {
  test("a token opens what it was made for, until it expires or is ended", async () => {
    const documents = opened[where];
    if (!documents) return;
    const book = tokenBook(documents);
    const { token, ...shown } = await book.create(asked("hall 2/ä#?"), now);
    expect(shown).toEqual({
      id: token.slice(4, 16),
      name: "hall 2/ä#?",
      scopes: ["values", "query"],
      devices: ["press-*"],
      createdAt: now,
      expiresAt: now + 2 * day,
    });
    expect(await book.find(token, now + 2 * day - 1)).toEqual(shown);
    expect(await book.find(token, now + 2 * day)).toBe("expired");
    for (const wrong of [
      `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`,
      "flk_",
      "",
      "names",
      shown.id,
    ])
      expect(await book.find(wrong, now)).toBe("unknown");
    // Somebody else's secret with this one's id.
    const other = await book.create(asked("other"), now + 1);
    expect(await book.find(`${token.slice(0, 17)}${other.token.slice(17)}`, now)).toBe("unknown");
    expect((await book.list()).map(({ name }) => name)).toEqual(["hall 2/ä#?", "other"]);
    expect(JSON.stringify(await book.list())).not.toContain("sha256");

    await expect(book.create(asked("other"), now)).rejects.toThrow('there is a token "other"');
    expect(await book.revoke("other")).toMatchObject({ id: other.id });
    expect(await book.find(other.token, now)).toBe("unknown");
    await expect(book.revoke("other")).rejects.toThrow('there is no token "other"');
    await book.revoke(shown.id);
    expect(await book.find(token, now)).toBe("unknown");
    expect(await book.list()).toEqual([]);
    // Both names are free again.
    await book.create(asked("other"), now);
    await book.revoke((await book.create(asked("hall 2/ä#?"), now)).id);
  });

  test("of two who take a name at the same time one gets it", async () => {
    const documents = opened[where];
    if (!documents) return;
    const book = tokenBook(documents);
    const made = await Promise.allSettled(["one", "two"].map(() => book.create(asked("same"), now)));
    expect(made.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await book.list()).filter(({ name }) => name === "same")).toHaveLength(1);
    await book.revoke("same");
  });
});

test("who dies between the name and the token leaves a name that is free, and no token", async () => {
  let writes = 0;
  const book = tokenBook(
    memoryDocuments((moment) => {
      if (moment === "before" && ++writes === 2) throw new Error("killed");
    }),
  );
  await expect(book.create(asked("hall"), now)).rejects.toThrow("killed");
  expect(await book.list()).toEqual([]);
  const { token } = await book.create(asked("hall"), now);
  expect(await book.find(token, now)).toMatchObject({ name: "hall" });
});

test("who comes between the name and the token of another gets the name, and the other no token", async () => {
  let writes = 0;
  const documents = memoryDocuments();
  const second = tokenBook(documents);
  const first = tokenBook({
    ...documents,
    write: async (...args) => {
      if (++writes === 2) await second.create(asked("hall"), now + 1);
      return documents.write(...args);
    },
  });
  await expect(first.create(asked("hall"), now)).rejects.toThrow('there is a token "hall"');
  expect(await second.list()).toMatchObject([{ name: "hall", createdAt: now + 1 }]);
});

test("an environment has 1,000 tokens at the most", async () => {
  const documents = memoryDocuments();
  const book = tokenBook(documents);
  for (let index = 0; index < 1_000; index++) await documents.write("tokens", String(index), {}, null);
  await expect(book.create(asked("one more"), now)).rejects.toThrow("there are 1000 tokens");
});
