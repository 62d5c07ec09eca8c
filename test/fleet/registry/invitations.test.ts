import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Change } from "../../../fleet/registry/model.ts";
import type { LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { temporaryFolder } from "../authority/support.ts";
import { certificate, issuedTo, issuerChange, later, now, openAt } from "./support.ts";

let folder: ReturnType<typeof temporaryFolder>;
let registry: LocalRegistry;
beforeEach(async () => {
  folder = temporaryFolder();
  registry = await openAt(folder.path, { segmentBytes: 4000 });
  await registry.record([issuerChange]);
});
afterEach(async () => {
  await registry.close();
  folder.remove();
});

const device = (id: string): Change => ({
  kind: "device",
  device: { id, profile: null, source: "issued", enrolledAt: now },
});
const invited = (deviceId: string, at: Date | null): Change => ({ kind: "invited", deviceId, at });

test("an invitation stands until it is cancelled or a certificate follows, also over snapshots and starts", async () => {
  await registry.record([device("a"), invited("a", now), device("b"), invited("b", now), device("c")]);
  await registry.record([invited("a", later(1))]);
  // Beyond a segment's end, so that the state is in a snapshot.
  for (let index = 0; index < 30; index += 1) await registry.record([issuedTo(`other-${index}`)]);
  await registry.close();
  registry = await openAt(folder.path, { segmentBytes: 4000 });
  expect(await registry.invitation("a")).toEqual(later(1));
  expect(await registry.invitation("b")).toEqual(now);
  expect(await registry.invitation("c")).toBeNull();
  await registry.record([invited("a", null), issuedTo("b")]);
  expect(await registry.invitation("a")).toBeNull();
  expect(await registry.invitation("b")).toBeNull();
  await expect(registry.record([invited("nobody", now)])).rejects.toThrow("nobody is not registered");
});

test("a certificate that follows another one than its writer knew is refused, and nothing is written", async () => {
  const first = certificate("a");
  const follows = (serial: string | null): Change => ({
    kind: "certificate",
    certificate: certificate("a"),
    follows: serial,
  });
  await registry.record([{ kind: "certificate", certificate: first, follows: null }]);
  await expect(registry.record([follows(null)])).rejects.toThrow("another certificate at the same time");
  await expect(registry.record([follows("7")])).rejects.toMatchObject({ conflicts: [{ kind: "changed" }] });
  expect(await registry.certificatesOf("a")).toHaveLength(1);
  await registry.record([follows(first.serial)]);
  expect(await registry.certificatesOf("a")).toHaveLength(2);
});
