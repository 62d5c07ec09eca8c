/** One registry's records into another that already has some of its own. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { copyRegistry } from "../../../fleet/registry/copy.ts";
import { isLeftBehind, noteCopied } from "../../../fleet/registry/left-behind.ts";
import type { LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { temporaryFolder } from "../authority/support.ts";
import { all, certificate, issuedTo, issuer, issuerChange, later, now, openAt } from "./support.ts";

let folders: ReturnType<typeof temporaryFolder>[];
let [from, to]: LocalRegistry[] = [];
beforeEach(async () => {
  folders = [temporaryFolder(), temporaryFolder()];
  [from, to] = await Promise.all(folders.map(({ path }) => openAt(path, { now: () => later(2) })));
  await source().record([issuerChange]);
});
afterEach(async () => {
  await Promise.all([source().close(), target().close()]);
  for (const folder of folders) folder.remove();
});
const source = () => from as LocalRegistry;
const target = () => to as LocalRegistry;
const copied = () => copyRegistry({ from: source(), to: target(), signal: new AbortController().signal });

test("a certificate is left out where the device got a newer one there, or another device has its key; the others come", async () => {
  const stolen = certificate("press-2");
  await source().record([
    issuedTo("press-1"),
    { kind: "certificate", certificate: stolen },
    issuedTo("press-3"),
  ]);
  const newer = certificate("press-1", { recordedAt: later(1) });
  await target().record([issuerChange]);
  await target().record([
    { kind: "certificate", certificate: newer },
    issuedTo("press-9", { keyId: stolen.keyId }),
  ]);
  const { certificates, refused } = await copied();
  expect(certificates).toBe(1);
  expect(refused).toEqual([
    expect.stringContaining(`press-1: `),
    `press-2: its key is the one of press-9; a key belongs to one device: make another`,
  ]);
  // A renewal follows the one that the device has.
  expect((await target().certificatesOf("press-1")).map(({ serial }) => serial)).toEqual([newer.serial]);
  expect(await target().certificatesOf("press-3")).toHaveLength(1);
});

test("one intermediate signs: a second one is trusted, and signs no more; a standing never goes back", async () => {
  const own = { ...issuer, id: "2c".repeat(16), at: later(1) };
  await target().record([{ kind: "issuer", issuer: own }]);
  await copied();
  const standings = async () =>
    Object.fromEntries((await target().issuers()).map(({ id, standing }) => [id, standing]));
  expect(await standings()).toEqual({ [own.id]: "current", [issuer.id]: "retiring" });
  await target().record([{ kind: "issuer", issuer: { ...issuer, standing: "retired" } }]);
  await copied();
  expect(await standings()).toEqual({ [own.id]: "current", [issuer.id]: "retired" });
});

test("a rollover on the machine arrives as it was, though the stack's intermediate is at work there already", async () => {
  const next = { ...issuer, id: "2c".repeat(16), at: later(1) };
  await source().record([
    { kind: "issuer", issuer: { ...issuer, standing: "retiring" } },
    { kind: "issuer", issuer: next },
  ]);
  await target().record([issuerChange]);
  await copied();
  expect((await target().issuers()).map(({ id, standing }) => [id, standing])).toEqual([
    [issuer.id, "retiring"],
    [next.id, "current"],
  ]);
});

test("ends that are known there stay as they are: the first time counts", async () => {
  const one = certificate("press-1");
  await source().record([{ kind: "certificate", certificate: one }]);
  await copied();
  await target().record([{ kind: "revoked", serial: one.serial, at: later(1), reason: "keyCompromise" }]);
  await source().record([{ kind: "revoked", serial: one.serial, at: now, reason: "superseded" }]);
  expect(await copied()).toMatchObject({ certificates: 0, updated: 0 });
  expect(await all(target().certificates())).toMatchObject([{ endedAt: later(1), reason: "keyCompromise" }]);
});

test("a registry counts as left behind until all of it was copied", () => {
  const [{ path: folder } = { path: "" }] = folders;
  expect(isLeftBehind(`${folder}/none`)).toBe(false);
  expect(isLeftBehind(folder)).toBe(true);
  noteCopied(folder, "the registry elsewhere");
  expect(isLeftBehind(folder)).toBe(false);
});
