/** The broker and the fleet's registry, which other processes write to while devices are connected. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hash, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { issuerId } from "../../../fleet/registry/ledger.ts";
import { openLocalRegistry, type LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import type { Change, Standing } from "../../../fleet/registry/model.ts";
import { FleetBook, serialOf } from "../../../site/registry/fleet-book.ts";
import type { RegistrySettings } from "../../../site/settings.ts";
import { RawClient, silent, until } from "../broker/support.ts";
import { TlsBench } from "../broker/tls-bench.ts";
import { TestAuthority, type KeyAndCertificate } from "../support/certificates.ts";

let tls: TlsBench;
/** As a command in another process has it open. */
let registry: LocalRegistry;
let book: FleetBook;

const standing = (authority: TestAuthority, is: Standing): Change => ({
  kind: "issuer",
  issuer: {
    id: issuerId(authority.certificate),
    certificate: authority.certificate,
    standing: is,
    signer: null,
    at: new Date(),
  },
});

function recorded(deviceId: string, { certificate: pem }: KeyAndCertificate, by: TestAuthority): Change {
  const certificate = new X509Certificate(pem);
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    kind: "certificate",
    certificate: {
      deviceId,
      serial: serialOf(certificate),
      issuer: issuerId(by.certificate),
      notBefore: certificate.validFromDate,
      notAfter: certificate.validToDate,
      keyId: hash("sha256", spki, "hex").slice(0, 32),
      keyKind: "P-256",
      source: "issued",
      recordedAt: new Date(),
      der: certificate.raw,
    },
  };
}

async function start(settings: Partial<RegistrySettings> = {}): Promise<void> {
  tls = await TlsBench.make({}, settings, async (bench, authority) => {
    const options = { folder: join(bench.root, "fleet"), sealing: bench.keyring.key("registry") };
    registry = await openLocalRegistry(options);
    await registry.record([standing(authority, "current")]);
    bench.atEnd(() => registry.close());
    book = new FleetBook({ registry: await openLocalRegistry(options), logger: silent });
    bench.atEnd(() => book.stop());
    return book;
  });
}
beforeEach(() => start());
afterEach(() => tls.bench.remove());

async function enrolled(id: string): Promise<KeyAndCertificate> {
  const leaf = await tls.authority.issue(id);
  await registry.record([recorded(id, leaf, tls.authority)]);
  return leaf;
}

async function session(leaf: KeyAndCertificate, id: string, chain = tls.authority): Promise<RawClient> {
  const client = RawClient.tls({ ...tls.options(leaf), cert: leaf.certificate + chain.certificate });
  await client.open(id);
  return client;
}

async function refused(leaf: KeyAndCertificate, id: string, reason: string): Promise<void> {
  const before = tls.refused[reason] ?? 0;
  const client = RawClient.tls(tls.options(leaf));
  client.connect(id);
  await client.closed();
  await until(reason, () => (tls.refused[reason] ?? 0) === before + 1);
}

const isAlive = async (client: RawClient): Promise<void> => {
  const before = client.of("pingresp").length;
  client.send({ cmd: "pingreq" });
  await client.until("PINGRESP", () => client.of("pingresp").length > before);
};

const plain = (serial: string): string => serial.replace(/^0+/, "");
const stateOf = async (id: string) => (await registry.certificatesOf(id)).map(({ state }) => state);

describe("revocation through the registry", () => {
  test("ends the live session within 5 s, keeps the device out, leaves the others, and outlives a restart", async () => {
    const [lost, other] = [await enrolled("lost"), await enrolled("other")];
    const [live, bystander] = [await session(lost, "lost"), await session(other, "other")];
    const began = performance.now();
    await registry.record([
      { kind: "revoked", serial: plain(lost.serial), at: new Date(), reason: "keyCompromise" },
    ]);
    await live.closed(5000);
    expect(performance.now() - began).toBeLessThan(5000);
    await refused(lost, "lost", "certificate revoked");
    await isAlive(bystander);
    const again = await openLocalRegistry({
      folder: join(tls.bench.root, "fleet"),
      sealing: tls.bench.keyring.key("registry"),
    });
    const reopened = new FleetBook({ registry: again, logger: silent });
    expect(reopened.facts(plain(lost.serial))).toEqual({
      deviceId: "lost",
      isRevoked: true,
      supersededAt: null,
    });
    expect(reopened.counts).toMatchObject({ devices: 2, revoked: 1 });
    await reopened.stop();
  });

  test("of one certificate lets the device come back with another", async () => {
    const lost = await enrolled("press-1");
    await registry.record([
      { kind: "revoked", serial: plain(lost.serial), at: new Date(), reason: "keyCompromise" },
    ]);
    book.follow();
    await refused(lost, "press-1", "certificate revoked");
    await isAlive(await session(await enrolled("press-1"), "press-1"));
  });
});

describe("what is in use", () => {
  test("is written down: the first use of a certificate, and with it the end of the one before", async () => {
    const first = await enrolled("press-1");
    expect(await stateOf("press-1")).toEqual(["issued"]);
    await session(first, "press-1");
    await until("the first use", () => {
      registry.catchUp();
      return registry.ledger.certificates.isSeen(0);
    });
    const second = await enrolled("press-1");
    expect(await stateOf("press-1")).toEqual(["issued", "active"]);
    await session(second, "press-1");
    await until("the second use", () => book.facts(plain(first.serial))?.supersededAt !== null);
    expect(await stateOf("press-1")).toEqual(["active", "superseded"]);
    // A device whose update failed half-way gets in for its days of grace.
    await isAlive(await session(first, "press-1"));
  });

  test("a certificate that was issued elsewhere becomes known by being used", async () => {
    const leaf = await tls.authority.issue("stranger");
    await session(leaf, "stranger");
    await until("the first use", () => book.isRegistered("stranger"));
    expect(await registry.certificatesOf("stranger")).toMatchObject([
      { serial: plain(leaf.serial), state: "active", source: "imported" },
    ]);
    expect(await registry.encoded(plain(leaf.serial))).toEqual(new X509Certificate(leaf.certificate).raw);
  });
});

describe("who may sign", () => {
  test("an intermediate that was announced is trusted at once, one that has retired no more", async () => {
    const former = await enrolled("press-1");
    const live = await session(former, "press-1");
    const next = await TestAuthority.create("next intermediate", tls.root);
    const leaf = await next.issue("press-2");
    const early = RawClient.tls({ ...tls.options(leaf), cert: leaf.certificate + next.certificate });
    early.connect("press-2");
    await early.closed();
    expect(tls.refused).toEqual({ "unknown certificate authority": 1 });

    await registry.record([standing(next, "announced")]);
    book.follow();
    await isAlive(await session(leaf, "press-2", next));
    await isAlive(live);

    await registry.record([standing(next, "current"), standing(tls.authority, "retired")]);
    await live.closed(5000);
    await refused(former, "press-1", "unknown certificate authority");
  });
});

describe("where only registered devices are admitted", () => {
  test("a device of the registry gets in, whoever pinned it; another one does not", async () => {
    await tls.bench.remove();
    await start({ enrolment: "registered" });
    await isAlive(await session(await enrolled("press-1"), "press-1"));
    await refused(await tls.authority.issue("stranger"), "stranger", "device not registered");
    expect(await registry.device("stranger")).toBeNull();
  });
});
