/** API tokens of a stack in a cloud from the command line, over documents in memory. */
import { describe, expect, test } from "@jest/globals";
import { cloudTokens, openTokens } from "../../fleet/commands/token/open-tokens.ts";
import { tokenBook } from "../../functions/asking/token-book.ts";
import { memoryDocuments } from "../functions/alarms/memory-documents.ts";

const now = Date.parse("2026-11-26T12:00:00Z");

describe("API tokens of a stack in a cloud", () => {
  test("are made, listed and ended; mistakes are told all at once, in the words of the site", async () => {
    const desk = cloudTokens(tokenBook(memoryDocuments()), () => now);
    const { token, id } = await desk.createToken({
      name: "hall",
      scopes: ["values"],
      devices: null,
      days: 1,
    });
    expect(token).toMatch(/^flk_[0-9a-f]{12}_[\w-]{43}$/);
    expect(await desk.listTokens()).toMatchObject([{ id, name: "hall", devices: null }]);
    const wrong = { name: "", scopes: ["walls" as never], devices: ["A B"], days: 0 };
    const refusal = await desk.createToken(wrong).catch((error: Error) => error.message);
    for (const named of ["name", "scopes", "devices", "days"]) expect(refusal).toContain(named);
    await expect(
      desk.createToken({ name: "hall", scopes: ["values"], devices: null, days: 1 }),
    ).rejects.toMatchObject({ message: expect.stringContaining("there is a token"), exitCode: 2 });
    await desk.revokeToken("hall");
    await expect(desk.revokeToken("hall")).rejects.toMatchObject({ exitCode: 2 });
  });

  test("a store that can't be reached says which right is asked for", async () => {
    const documents = { ...memoryDocuments(), read: () => Promise.reject(new Error("GetItem: HTTP 400")) };
    await expect(cloudTokens(tokenBook(documents)).revokeToken("hall")).rejects.toMatchObject({
      message: "GetItem: HTTP 400",
      advice: [expect.stringContaining("right to read and write")],
    });
  });

  test("of this machine are the site's, without the engine", async () => {
    const site = {} as never;
    expect(await openTokens(undefined, { site, folders: {} as never })).toBe(site);
    expect(await openTokens("local-dev", { site, folders: {} as never })).toBe(site);
  });
});
