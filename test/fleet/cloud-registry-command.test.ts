/** The fleet's commands over a registry in a cloud: the same words, the same answers, in DynamoDB (moto) and Cosmos DB. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { copyRegistry } from "../../fleet/registry/copy.ts";
import { all } from "./registry/support.ts";
import { readToken } from "../../fleet/est/token.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import { awsAccess } from "../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { cosmosRegistry } from "../../functions/adapters/cosmos-registry.ts";
import { dynamodbRegistry } from "../../functions/adapters/dynamodb-registry.ts";
import { startFakeAzure } from "../functions/azure-server.ts";
import { createTable } from "../functions/dynamodb-table.ts";
import { fleetStack, type FleetStack } from "./support/fleet-stack.ts";
import { startMoto } from "./support/tools.ts";

const tokenKey = Buffer.alloc(32, 7);
/** As stores keep it. */
const inSeconds = (one: object): object =>
  Object.fromEntries(
    Object.entries(one).map(([name, value]) => [
      name,
      value instanceof Date ? new Date(Math.floor(value.getTime() / 1000) * 1000) : value,
    ]),
  );

interface Cloud {
  readonly place: object;
  readonly registry: FleetRegistry;
  /** In the environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
  close(): void | Promise<void>;
}

const clouds: Readonly<Record<string, () => Promise<Cloud | null>>> = {
  async "aws-dynamodb"() {
    const moto = await startMoto();
    if (moto === null) return null;
    const env = { ...moto.env, AWS_ENDPOINT_URL: moto.endpoint };
    const access = awsAccess(env);
    await createTable(access, "fleet");
    const place = { kind: "aws-dynamodb", region: "eu-central-1", table: "fleet" };
    return { place, registry: dynamodbRegistry(access, "fleet"), env, close: moto.stop };
  },
  async "azure-cosmos"() {
    const azure = await startFakeAzure(() => "none");
    const at = { database: "fieldlake", container: "fleet" };
    const place = { kind: "azure-cosmos", endpoint: azure.origin, ...at };
    const registry = cosmosRegistry(azureFetch(azure.env), { endpoint: azure.origin, ...at });
    return { place, registry, env: { FIELDLAKE_AZURE_ENDPOINT: azure.origin }, close: () => azure.close() };
  },
};

describe.each(Object.keys(clouds))("the fleet's commands over %s", (kind) => {
  let cloud: Cloud | null = null;
  let stack: FleetStack;
  let before: Record<string, string | undefined> = {};
  beforeAll(async () => {
    cloud = (await clouds[kind]?.()) ?? null;
    if (cloud === null) return;
    before = Object.fromEntries(Object.keys(cloud.env).map((name) => [name, process.env[name]]));
    Object.assign(process.env, cloud.env);
    stack = await fleetStack({}, { ...cloud.place, tokenKey: tokenKey.toString("base64") });
  }, 120_000);
  afterAll(async () => {
    await cloud?.close();
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    stack.remove();
  });

  test("what a machine's registry knows is copied, also after a run that was ended: nothing twice, nothing lost", async () => {
    if (cloud === null) return;
    const { registry: to } = cloud;
    // A fleet that began on this machine.
    const outputs = stack.text("outputs.json");
    const there = /"registry":\{[^}]*\}/;
    const here = '"registry":{"kind":"local","folder":"data/fleet","keyFile":"keys/fleet.key"}';
    const onMachine = async (...args: string[]): Promise<void> => {
      stack.file("outputs.json", outputs.replace(there, here));
      const { code, notes } = await stack.run(...args);
      stack.file("outputs.json", outputs);
      expect([code, notes.join()]).toEqual([0, expect.not.stringContaining("error:")]);
    };
    const ids = Array.from({ length: 24 }, (_, index) => `pump-${index}`);
    const csv = stack.file("pumps.csv", `id,profile\n${ids.map((id) => `${id},machine-json\n`).join("")}`);
    await onMachine("issue", "--csv", csv, "--out", stack.path("pumps"));
    await onMachine("revoke", "pump-3", "--reason", "keyCompromise", "--yes");
    await onMachine("token", "pump-24");
    await onMachine("crl");
    const from = await stack.registry();
    const [first, second] = await all(from.certificates());
    await from.record([{ kind: "seen", serial: String(second?.serial), at: new Date() }]);
    const [wanted, lists] = [await all(from.certificates()), await from.lists()];
    expect(lists).toHaveLength(1);

    // It is ended after the first transactions, and goes on.
    const ending = new AbortController();
    let steps = 0;
    const step = () => void ((steps += 1) > 1 && ending.abort());
    await expect(copyRegistry({ from, to, signal: ending.signal, step })).rejects.toThrow("aborted");
    await from.close();
    const begun = (await all(to.certificates())).length;
    expect(begun).toBeGreaterThan(0);
    expect(begun).toBeLessThan(24);

    expect((await stack.run("status")).notes.join()).toContain("was not copied");
    const ran = await stack.run("copy");
    expect(ran).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${24 - begun} certificates copied`),
    });
    expect(ran.notes.join()).toContain("1 token of the former registry");
    const found = new Map((await all(to.certificates())).map((one) => [one.serial, one]));
    for (const one of wanted) expect(found.get(one.serial)).toEqual(inSeconds(one));
    expect(found.size).toBe(24);
    expect(await to.device("pump-24")).toMatchObject({ profile: null });
    expect(await to.device("pump-7")).toMatchObject({ profile: "machine-json" });
    expect(new X509Certificate((await to.encoded(String(first?.serial))) ?? "").subject).toBe("CN=pump-0");
    expect(await to.lists()).toEqual(lists);
    expect((await stack.run("status")).notes.join()).not.toContain("was not copied");

    // What came later on the machine comes with the next run; a token of the cloud goes on; nothing is written twice.
    expect((await stack.run("token", "pump-5")).code).toBe(0);
    await onMachine("revoke", "pump-8", "--reason", "superseded", "--yes");
    await onMachine("issue", "--id", "pump-5", "--replace", "--out", stack.path("again"));
    expect((await stack.run("copy")).output).toMatch(/^0 devices and 1 certificate copied, [12] updated/);
    expect((await to.certificatesOf("pump-8"))[0]).toMatchObject({ state: "revoked", reason: "superseded" });
    expect(await to.invitation("pump-5")).not.toBeNull();
    expect((await stack.run("copy")).output).toMatch(/^0 devices and 0 certificates copied, 0 updated/);
  }, 60_000);

  test("issue, invite more than one transaction takes, revoke, list and roll over, where the functions look", async () => {
    if (cloud === null) return;
    const { registry } = cloud;
    expect(
      await stack.run("issue", "--id", "press-1", "--id", "press-2", "--out", stack.path("made")),
    ).toMatchObject({
      code: 0,
    });
    expect(await registry.issuers()).toMatchObject([{ standing: "current", signer: null }]);
    const ids = Array.from({ length: 130 }, (_, index) => `wrist-${index}`);
    const csv = stack.file("devices.csv", `id,profile\n${ids.map((id) => `${id},wearable-imu\n`).join("")}`);
    expect((await stack.run("token", "--csv", csv, "--out", stack.path("tokens.csv"))).code).toBe(0);
    expect(await registry.invitation("wrist-129")).not.toBeNull();
    const line = stack
      .text("tokens.csv")
      .split("\n")
      .find((one) => one.startsWith("wrist-129,"));
    expect(readToken(tokenKey, "wrist-129", String(line?.split(",")[1]))).not.toBeNull();
    expect((await stack.run("revoke", "press-2", "--reason", "keyCompromise", "--yes")).code).toBe(0);
    expect((await registry.certificatesOf("press-2"))[0]).toMatchObject({
      state: "revoked",
      reason: "keyCompromise",
    });
    const listed = (await stack.json("list", "--prefix", "press-")) as { deviceId: string; state: string }[];
    expect(listed.map(({ deviceId, state }) => [deviceId, state]).sort()).toEqual([
      ["press-1", "issued"],
      ["press-2", "revoked"],
    ]);
    expect((await stack.run("status")).output).toContain("157 devices, the registry in the");
    process.env["FIELDLAKE_KEY_PASSPHRASE"] = "correct horse battery";
    for (const step of ["prepare", "activate"])
      expect(await stack.run("rollover", step)).toMatchObject({ code: 0 });
    expect((await registry.issuers()).map(({ standing }) => standing).sort()).toEqual([
      "current",
      "retiring",
    ]);
    expect((await stack.run("audit")).output).toContain("authority: 0");
  }, 60_000);

  afterEach(() => {
    delete process.env["FIELDLAKE_KEY_PASSPHRASE"];
  });
});
