/** The revocation lists of a fleet: one for each of its issuers, made from the registry, numbered, never late. */
import type { CertificateRecord, IssuerRecord, ListRecord } from "../registry/model.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import { isListDue, issueRevocationList, nextListUpdate, type RevokedEntry } from "./revocation-list.ts";
import type { Signer } from "./signer.ts";

/**
 * Makes the issuer's next list, hands it to `publish`, and records it once that is done: a list that nobody got is made
 * again. Rejects with SignerError, RegistryError, and whatever `publish` does.
 */
export async function makeList(
  issuer: IssuerRecord,
  signer: Signer,
  registry: FleetRegistry,
  now: Date,
  publish: (pem: string) => Promise<void>,
): Promise<ListRecord> {
  let revoked = 0;
  async function* entries(): AsyncGenerator<RevokedEntry> {
    for await (const one of registry.certificates({ states: ["revoked"], issuer: issuer.id })) {
      // What is over by its own date need not stand on a list any more (RFC 5280, 3.3).
      if (one.notAfter < now) continue;
      revoked += 1;
      yield { serial: one.serial, revokedAt: one.endedAt ?? now, reason: one.reason ?? "unspecified" };
    }
  }
  const former = (await registry.lists()).find((list) => list.issuer === issuer.id);
  // Grows with time, so that a list that was published and not recorded has a number of its own.
  const number = Math.max((former?.number ?? 0) + 1, now.getTime());
  const nextUpdate = nextListUpdate(now);
  const { certificate } = issuer;
  const list = { issuer: certificate, signer, entries: entries(), number, thisUpdate: now, nextUpdate };
  await publish(await issueRevocationList(list));
  const record = { issuer: issuer.id, number, thisUpdate: now, nextUpdate, revoked };
  await registry.record([{ kind: "list", list: record }]);
  return record;
}

/** Whether an issuer's list says less than the registry, or is in the second half of its life. */
export function isListBehind(
  list: ListRecord | undefined,
  revoked: readonly Pick<CertificateRecord, "endedAt" | "notAfter">[],
  now: Date,
): boolean {
  if (list === undefined) return revoked.length > 0;
  if (isListDue(list.thisUpdate, list.nextUpdate, now)) return true;
  if (revoked.some(({ endedAt }) => endedAt !== null && endedAt > list.thisUpdate)) return true;
  // The registry keeps seconds: what was revoked in the second of the list is told by its number only.
  return revoked.filter(({ notAfter }) => notAfter >= list.thisUpdate).length > list.revoked;
}
