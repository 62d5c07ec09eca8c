/** The revocation list over months: made anew at half its life, and an alarm long before its end where that fails. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { X509Certificate } from "node:crypto";
import { Revocations } from "../../../fleet/admission/revocations.ts";
import type { LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { ListRenewal } from "../../../site/enrolment/list-renewal.ts";
import { OwnIssuer } from "../../../site/enrolment/own-issuer.ts";
import { Gate } from "../../../site/broker/gate.ts";
import { FleetBook } from "../../../site/registry/fleet-book.ts";
import { TestAuthority } from "../support/certificates.ts";
import { silent } from "../broker/support.ts";
import { issuedTo, openAt } from "../../fleet/registry/support.ts";
import { temporaryFolder } from "../../fleet/authority/support.ts";

const day = 86_400_000;
let folder: ReturnType<typeof temporaryFolder>;
let authority: TestAuthority;
let registry: LocalRegistry;
let own: OwnIssuer;
let renewal: ListRenewal;
let days: number;
const began = Date.now();
const now = (): Date => new Date(began + days * day);

beforeEach(async () => {
  days = 0;
  folder = temporaryFolder();
  authority = await TestAuthority.create("devices", await TestAuthority.create("root"));
  registry = await openAt(join(folder.path, "fleet"), { now });
  const settings = { issuerCertificate: authority.certificate, issuerKey: await authority.key() };
  own = new OwnIssuer(
    { ...settings, environment: "test" } as ConstructorParameters<typeof OwnIssuer>[0],
    registry,
  );
  await own.adopt(now());
  renewal = new ListRenewal({ registry, own, logger: silent, now });
});
afterEach(async () => {
  await renewal.stop();
  await registry.close();
  folder.remove();
});

const list = () => registry.ledger.lists.get(own.id);
const file = () => join(registry.folder, `${own.id}.crl`);

test("a list is made at the start, kept in the first half of its life, made anew in the second, and after a revocation", async () => {
  await renewal.check();
  const first = list();
  expect(first?.nextUpdate.getTime()).toBe(first === undefined ? 0 : first.thisUpdate.getTime() + 30 * day);
  days = 14;
  await renewal.check();
  expect(list()).toEqual(first);
  days = 16;
  await renewal.check();
  expect(list()?.thisUpdate).toEqual(now());
  const leaf = await authority.issue("press-1");
  const serial = new X509Certificate(leaf.certificate).serialNumber.toLowerCase().replace(/^0+/, "");
  await registry.record([
    issuedTo("press-1", { serial, issuer: own.id }),
    { kind: "revoked", serial, at: now(), reason: "keyCompromise" },
  ]);
  await renewal.check();
  const inForce = Revocations.read(readFileSync(file(), "utf8"), [
    new X509Certificate(authority.certificate),
  ]);
  expect(inForce.isRevoked(new X509Certificate(leaf.certificate))).toBe(true);
  expect(renewal.problem).toBeNull();
});

test("where it can't be made, that is said at once, with the end of the last one, until it can again", async () => {
  await renewal.check();
  const end = list()?.nextUpdate.toISOString();
  days = 16;
  // A folder in its place: nobody can write the file, root neither.
  rmSync(file());
  mkdirSync(join(file(), "in the way"), { recursive: true });
  await renewal.check();
  expect(renewal.problem).toContain(`the revocation list can't be made anew (the last one ends at ${end})`);
  rmSync(file(), { recursive: true });
  await renewal.check();
  expect(renewal.problem).toBeNull();
  expect(list()?.thisUpdate).toEqual(now());
});

test("a thousand revocations come onto one list, not onto a thousand", async () => {
  await renewal.check();
  const serials = Array.from({ length: 1000 }, (_, index) => `5${index.toString(16).padStart(39, "0")}`);
  await registry.record(serials.map((serial) => issuedTo(`wrist-${serial}`, { serial, issuer: own.id })));
  const impatient = new ListRenewal({ registry, own, logger: silent, now, soon: 20 });
  let lists = 0;
  registry.onChange(({ kind }) => {
    if (kind === "list") lists += 1;
    if (kind === "revoked") impatient.checkSoon();
  });
  await registry.record(
    serials.map((serial) => ({ kind: "revoked", serial, at: now(), reason: "unspecified" }) as const),
  );
  while (list()?.revoked !== 1000) await delay(5);
  await Promise.all(Array.from({ length: 50 }, () => impatient.check()));
  await impatient.stop();
  expect(lists).toBe(1);
});

test("an intermediate that is retired gets no list any more", async () => {
  const record = await own.record();
  if (record === null) throw new Error("it was adopted");
  await registry.record([{ kind: "issuer", issuer: { ...record, standing: "retired" } }]);
  await renewal.check();
  expect(list()).toBeUndefined();
  await expect(own.current()).rejects.toThrow("the intermediate that signs now is not the stack's");
});

test("the stack's own list counts as old no more once the site has made a newer one", async () => {
  const book = new FleetBook({ registry, logger: silent });
  const revocationList = await authority.revocationList([], -1);
  const authorities = [new X509Certificate(authority.certificate)];
  const gate = new Gate({ authorities, environment: "test", book }, { devices: [], revocationList });
  expect(gate.lists(now())).toMatchObject([{ isExpired: true }]);
  await renewal.check();
  expect(gate.lists(now())).toMatchObject([{ isExpired: false, thisUpdate: now() }]);
  days = 31;
  expect(gate.lists(now())).toMatchObject([{ isExpired: true }]);
});
