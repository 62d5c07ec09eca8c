/** `fieldlake fleet token`: invitations by which devices fetch their first certificates themselves. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readToken } from "../../fleet/est/token.ts";
import { Keyring } from "../../site/seal.ts";
import { fleetStack, type FleetStack } from "./support/fleet-stack.ts";

let stack: FleetStack;
beforeEach(async () => {
  stack = await fleetStack();
});
afterEach(() => stack.remove());

interface Tokens {
  readonly tokens: readonly { readonly deviceId: string; readonly token: string; readonly until: string }[];
}
const key = (): Uint8Array => Keyring.fromFile(stack.path("keys/fleet.key")).key("bootstrap tokens").bytes;

async function withRegistry<T>(
  look: (registry: Awaited<ReturnType<FleetStack["registry"]>>) => Promise<T>,
): Promise<T> {
  const registry = await stack.registry();
  try {
    return await look(registry);
  } finally {
    await registry.close();
  }
}

describe("token", () => {
  test("says who may come, until when, and only the site's key could have said it", async () => {
    const { tokens } = (await stack.json("token", "press-1", "press-2", "--days", "3")) as Tokens;
    expect(tokens.map(({ deviceId }) => deviceId)).toEqual(["press-1", "press-2"]);
    const [first] = tokens;
    const read = readToken(key(), "press-1", first?.token ?? "");
    expect(read?.until.toISOString()).toBe(first?.until);
    expect(Date.parse(first?.until ?? "") - (read?.at.getTime() ?? 0)).toBe(3 * 86_400_000);
    expect(readToken(key(), "press-2", first?.token ?? "")).toBeNull();
    expect(readToken(Buffer.alloc(32), "press-1", first?.token ?? "")).toBeNull();
    await withRegistry(async (registry) => {
      expect(await registry.invitation("press-1")).toEqual(read?.at);
      expect(await registry.device("press-1")).toMatchObject({ profile: null, source: "issued" });
    });
  });

  test("of a list go into a file for its owner only, which is never written over", async () => {
    const csv = stack.file("devices.csv", "id,profile\npress-1,machine-json\npress-2,\n");
    const out = stack.path("tokens.csv");
    expect(await stack.run("token", "--csv", csv, "--out", out)).toMatchObject({ code: 0 });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    expect(lines[0]).toBe("id,token,until");
    expect(lines).toHaveLength(3);
    expect((await stack.run("token", "press-3", "--out", out)).notes[0]).toContain("never written over");
    // A device that is known keeps its profile.
    await stack.run("token", "press-1");
    await withRegistry(async (registry) => {
      expect((await registry.device("press-1"))?.profile).toBe("machine-json");
      expect(await registry.device("press-3")).toBeNull();
    });
  });

  test("tells every mistake of a list, and makes none", async () => {
    const csv = stack.file("devices.csv", "id\npress-1\nPress-2\npress-1\n../press\n");
    const ran = await stack.run("token", "--csv", csv);
    expect(ran.code).toBe(2);
    expect(ran.notes[0]).toContain("no token was made: 3 mistakes");
    for (const line of [3, 4, 5]) expect(ran.notes.join("\n")).toContain(`devices.csv:${line}: `);
    expect((await stack.run("token")).notes[0]).toContain("name devices");
    expect((await stack.run("token", "--csv", "nowhere.csv")).notes[0]).toContain("can't be read (ENOENT)");
    expect(existsSync(stack.path("data/fleet"))).toBe(false);
  });

  test("ends with --cancel, and with the revocation of its device", async () => {
    await stack.run("token", "press-1", "press-2");
    expect((await stack.run("token", "press-1", "--cancel")).output).toContain("1 token ended");
    await stack.run("issue", "--id", "press-2", "--out", stack.path("made"));
    await stack.run("token", "press-2");
    await stack.run("revoke", "press-2", "--yes");
    await withRegistry(async (registry) => {
      expect(await registry.invitation("press-1")).toBeNull();
      expect(await registry.invitation("press-2")).toBeNull();
    });
  });
});
