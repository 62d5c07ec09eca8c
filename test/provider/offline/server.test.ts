/** The providers as processes: what the engine asks them beside resources, and how they end. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type net from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Plugin, firstLine, mainOf } from "./plugin-client.ts";
import { opened, resource, textOf, tlsProvider, tlsToken, withFiles } from "./support.ts";

const require = createRequire(join(process.cwd(), "package.json"));

describe.each(["tls", "random"])("the %s provider", (name) => {
  let plugin: Plugin;
  beforeAll(async () => {
    plugin = await Plugin.start(name);
  });
  afterAll(() => plugin.stop());

  test("has the version of the installed SDK and describes its package", async () => {
    const { version } = JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8"));
    expect(await plugin.version()).toBe(version);
    expect(await plugin.schema()).toMatchObject({ name, version });
  });

  test("takes secrets and offers previews", async () => {
    expect(await plugin.configure({})).toEqual({ acceptsSecrets: true, supportsPreview: true });
  });

  test("says which resource or function it does not have, and goes on", async () => {
    await expect(plugin.create(`${name}:index/foo:Foo`, {})).rejects.toMatchObject({
      details: `the ${name} package has no resource ${name}:index/foo:Foo`,
    });
    await expect(plugin.invoke(`${name}:index/foo:foo`, {})).rejects.toMatchObject({
      details: `the ${name} package has no function ${name}:index/foo:foo`,
    });
    expect(await plugin.version()).not.toBe("");
  });
});

test.each(["aws", "azure-native"])(
  "the %s provider has the version of its SDK and says what it can not do",
  async (name) => {
    const plugin = await Plugin.start(name);
    try {
      const { version } = JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8"));
      expect(await plugin.version()).toBe(version);
      await expect(plugin.schema()).rejects.toMatchObject({
        details: expect.stringMatching(`^the offline provider for ${name} has no package schema`),
      });
      await expect(plugin.parameterize()).rejects.toMatchObject({
        details: expect.stringMatching("^an offline provider knows the installed SDK only"),
      });
    } finally {
      await plugin.stop();
    }
  },
);

test("a resource below a component is made, and errors name the property", async () => {
  const plugin = await Plugin.start("random");
  try {
    const { id } = await plugin.create("random:index/randomPet:RandomPet", { length: 1 });
    expect(id).toMatch(/^[a-z]+$/);
    const refused = plugin.create("random:index/randomPet:RandomPet", { length: -1 });
    await expect(refused).rejects.toMatchObject({ details: "length: must be from 0 to 1000; got -1" });
  } finally {
    await plugin.stop();
  }
});

test("a provider whose engine is gone ends", async () => {
  const starter = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, [${JSON.stringify(mainOf("random"))}], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => { console.log(child.pid); process.exit(); });`;
  const engine = spawn(process.execPath, ["--eval", starter], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = Number(await firstLine(engine));
  const runs = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  expect(pid).toBeGreaterThan(0);
  for (let waited = 0; runs() && waited < 10_000; waited += 100) await sleep(100);
  expect(runs()).toBe(false);
});

test("a trusted server's chain is told as the server sent it, the root left out", async () => {
  const provider = tlsProvider();
  const keyOf = async (): Promise<string> => {
    const { state } = await resource(provider, tlsToken("PrivateKey")).create({ algorithm: "ED25519" });
    return opened(state["privateKeyPem"]);
  };
  const [rootKey, serverKey] = [await keyOf(), await keyOf()];
  const root = await resource(provider, tlsToken("SelfSignedCert")).create({
    privateKeyPem: rootKey,
    subject: { commonName: "Root" },
    validityPeriodHours: 1,
    allowedUses: ["cert_signing"],
    isCaCertificate: true,
  });
  const request = await resource(provider, tlsToken("CertRequest")).create({
    privateKeyPem: serverKey,
    dnsNames: ["localhost"],
  });
  const { id, state } = await resource(provider, tlsToken("LocallySignedCert")).create({
    caPrivateKeyPem: rootKey,
    caCertPem: textOf(root.state, "certPem"),
    certRequestPem: textOf(request.state, "certRequestPem"),
    validityPeriodHours: 1,
    allowedUses: ["digital_signature", "server_auth"],
  });
  const server = tls.createServer({ key: serverKey, cert: textOf(state, "certPem") });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  await withFiles({ "root.pem": textOf(root.state, "certPem") }, async (folder) => {
    const plugin = await Plugin.start("tls", { NODE_EXTRA_CA_CERTS: join(folder, "root.pem") });
    try {
      const result = await plugin.invoke("tls:index/getCertificate:getCertificate", {
        url: `tls://localhost:${port}`,
      });
      expect(result["certificates"]).toEqual([
        expect.objectContaining({ serialNumber: id, issuer: "CN=Root" }),
      ]);
      const other = plugin.invoke("tls:index/getCertificate:getCertificate", {
        url: `tls://127.0.0.1:${port}`,
      });
      await expect(other).rejects.toMatchObject({
        details: expect.stringMatching(/IP: 127\.0\.0\.1 is not in the cert/),
      });
    } finally {
      await plugin.stop();
      server.close();
    }
  });
});
