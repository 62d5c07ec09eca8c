/** What a registry in a cloud keeps to, whichever it is: the same as the local one. */
import { describe, expect, test } from "@jest/globals";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import { issueBatch } from "../../fleet/issue/issue-batch.ts";
import { verifyRequest } from "../../fleet/authority/certificate-request.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import { environment, issuerOf, makeAuthority, makeRequest } from "../fleet/authority/support.ts";
import { all, certificate, issuedTo, issuer, later, now } from "../fleet/registry/support.ts";

export interface CloudRegistries {
  /** Its clock stands at `now`, and it knows the `issuer` of the registries' tests. */
  readonly registry: FleetRegistry;
  /** The same one, for writes at the same time; default: `registry`. */
  readonly racing?: FleetRegistry;
  /** An empty one by the system's clock. */
  readonly batches: FleetRegistry;
}

/** What every registry of a cloud keeps to. */
export function describeCloudRegistry(name: string, opened: () => CloudRegistries | null): void {
  /** Without the service nothing is proved, which was said aloud. */
  const provided = (work: (registries: CloudRegistries) => Promise<void>) => async (): Promise<void> => {
    const registries = opened();
    if (registries !== null) await work(registries);
  };

  describe(name, () => {
    test(
      "gives back what it was given, value by value, and the states that follow",
      provided(async ({ registry }) => {
        const first = certificate("press-1");
        await registry.record([
          {
            kind: "device",
            device: { id: "press-1", profile: "machine-json", source: "issued", enrolledAt: now },
          },
          { kind: "certificate", certificate: first },
        ]);
        const { der, ...facts } = first;
        const expected = { ...facts, state: "issued", seenAt: null, endedAt: null, reason: null };
        expect(await registry.certificate(first.serial)).toEqual(expected);
        expect(await registry.certificateOfKey(first.keyId)).toEqual(expected);
        expect(await registry.encoded(first.serial)).toEqual(der);
        expect(await registry.device("press-1")).toEqual({
          ...{ id: "press-1", profile: "machine-json", source: "issued", enrolledAt: now },
        });
        expect(await registry.issuers()).toEqual([issuer]);
        expect(await registry.lastChange()).toEqual(now);
        const next = certificate("press-1", { recordedAt: later(1) });
        await registry.record([
          { kind: "certificate", certificate: next, follows: first.serial },
          { kind: "seen", serial: next.serial, at: later(2) },
          { kind: "superseded", serial: first.serial, at: later(2) },
        ]);
        const states = async () => (await registry.certificatesOf("press-1")).map(({ state }) => state);
        expect(await states()).toEqual(["active", "superseded"]);
        await registry.record([
          { kind: "revoked", serial: next.serial, at: later(3), reason: "keyCompromise" },
        ]);
        // The first revocation counts.
        await registry.record([{ kind: "revoked", serial: next.serial, at: later(4), reason: "superseded" }]);
        expect(await registry.certificate(next.serial)).toMatchObject({
          ...{ state: "revoked", endedAt: later(3), reason: "keyCompromise" },
        });
        const revoked = await all(registry.certificates({ states: ["revoked"], issuer: issuer.id }));
        expect(revoked.map(({ serial }) => serial)).toEqual([next.serial]);
        expect(await registry.counts()).toMatchObject({
          devices: 1,
          certificates: { revoked: 1, superseded: 1 },
        });
      }),
    );

    test(
      "refuses a serial number or key that is taken, an unknown issuer or certificate, and writes nothing",
      provided(async ({ registry }) => {
        const one = certificate("pump-1");
        await registry.record([{ kind: "certificate", certificate: one }]);
        const kindOf = async (...changes: Parameters<FleetRegistry["record"]>[0]) =>
          registry.record(changes).then(
            () => null,
            (error: { conflicts?: { kind: string }[] }) => error.conflicts?.map(({ kind }) => kind),
          );
        expect(await kindOf(issuedTo("pump-2", { serial: one.serial }))).toEqual(["serial"]);
        expect(await kindOf(issuedTo("pump-2", { keyId: one.keyId }))).toEqual(["key"]);
        expect(await kindOf(issuedTo("pump-2", { issuer: "00" }))).toEqual(["unknown"]);
        expect(await kindOf({ kind: "seen", serial: "7", at: now })).toEqual(["unknown"]);
        expect(await kindOf({ kind: "invited", deviceId: "pump-2", at: now })).toEqual(["unknown"]);
        expect(await registry.device("pump-2")).toBeNull();
        expect(await kindOf(issuedTo("pump-1", { keyId: one.keyId }))).toBeNull();
      }),
    );

    test(
      "an invitation stands until a certificate follows, and of two at once one is written",
      provided(async ({ registry, racing }) => {
        const device = { id: "valve-1", profile: null, source: "issued", enrolledAt: now } as const;
        await registry.record([
          { kind: "device", device },
          { kind: "invited", deviceId: "valve-1", at: now },
        ]);
        expect(await registry.invitation("valve-1")).toEqual(now);
        const attempts = [certificate("valve-1"), certificate("valve-1")].map((one) =>
          (racing ?? registry).record([{ kind: "certificate", certificate: one, follows: null }]).then(
            () => "written",
            (error: { conflicts?: { kind: string }[] }) => error.conflicts?.[0]?.kind,
          ),
        );
        expect((await Promise.all(attempts)).sort()).toEqual(["changed", "written"]);
        expect(await registry.invitation("valve-1")).toBeNull();
        expect(await registry.certificatesOf("valve-1")).toHaveLength(1);
      }),
    );

    test(
      "a batch goes through in portions that a transaction takes, and goes on where it was",
      provided(async ({ batches }) => {
        const authority = await makeAuthority("dynamodb devices");
        const record = { id: issuerId(authority.certificate), certificate: authority.certificate } as const;
        const issuing = { ...record, standing: "current", signer: null, at: new Date() } as const;
        await batches.record([{ kind: "issuer", issuer: issuing }]);
        const requests = await Promise.all(
          Array.from({ length: 25 }, (_, index) => makeRequest(`wrist-${index}`)),
        );
        async function* wanted() {
          for (const { der } of requests) {
            const request = verifyRequest(der, { environment, keys: ["P-256"] });
            yield { from: "test", request, profile: "wearable-imu" };
          }
        }
        const options = {
          registry: batches,
          issuer: issuerOf(authority),
          purpose: "issue",
          days: 30,
        } as const;
        const kinds = async () => (await all(issueBatch(wanted(), options))).map(({ kind }) => kind);
        expect(new Set(await kinds())).toEqual(new Set(["issued"]));
        expect(new Set(await kinds())).toEqual(new Set(["known"]));
        expect(await batches.device("wrist-7")).toMatchObject({ profile: "wearable-imu" });
      }),
    );
  });
}
