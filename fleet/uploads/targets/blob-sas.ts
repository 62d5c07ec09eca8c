/**
 * A signature that lets its bearer create one blob and nothing else: no reading, no replacing, no other name. By a user
 * delegation key, so by Entra ID and not by an account's key (Microsoft Learn, "Create a user delegation SAS").
 */
import { createHmac } from "node:crypto";
import { storageResource } from "../../../functions/adapters/blob.ts";
import type { AzureFetch } from "../../../functions/adapters/azure-client.ts";

/** The first version in which the right to create is enough for blocks and their list (Microsoft Learn, "Version 2026-04-06"). */
export const sasVersion = "2026-04-06";
/** Milliseconds that clocks may differ by: a signature begins so long before now. */
const skew = 300_000;
/** A signature ends by then: from its beginning it is an hour, the most that the lake's accounts take (components/azure/storage.ts). */
const life = 3_600_000 - skew;
/** A key is asked for anew this long before its end. */
const marginMs = 900_000;

export interface DelegationKey {
  readonly objectId: string;
  readonly tenantId: string;
  readonly start: string;
  readonly expiry: string;
  readonly service: string;
  readonly version: string;
  /** Base64. */
  readonly value: string;
}

/** Whole seconds in UTC, as the service wants them. */
const stamp = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** @param account its address, `https://<account>.blob.core.windows.net` */
export async function delegationKey(fetch: AzureFetch, account: string, now: number): Promise<DelegationKey> {
  const [start, expiry] = [stamp(now - skew), stamp(now + life)];
  const answer = await fetch(storageResource, `${account}/?restype=service&comp=userdelegationkey`, {
    method: "POST",
    headers: { "x-ms-version": sasVersion, "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>${start}</Start><Expiry>${expiry}</Expiry></KeyInfo>`,
  });
  const xml = await answer.text();
  const text = (tag: string): string => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1] ?? "";
  if (!answer.ok || text("Value") === "")
    throw new Error(
      `no user delegation key of ${account}: HTTP ${answer.status}, ${text("Code") || "no code"}`,
    );
  return {
    objectId: text("SignedOid"),
    tenantId: text("SignedTid"),
    start: text("SignedStart"),
    expiry: text("SignedExpiry"),
    service: text("SignedService"),
    version: text("SignedVersion"),
    value: text("Value"),
  };
}

/** To create, and nothing else. */
export const createOnly = "c";

/**
 * The query of an address of the blob.
 *
 * @param resource `/blob/<account>/<container>/<blob>`
 */
export function blobSas(key: DelegationKey, resource: string, permissions: string, now: number): string {
  const [start, expiry, protocol] = [stamp(now - skew), key.expiry, "https"];
  const toSign = [
    ...[permissions, start, expiry, resource],
    ...[key.objectId, key.tenantId, key.start, key.expiry, key.service, key.version],
    // Agents, correlation, the tenant and id of a delegated user, addresses: nothing of it is narrowed.
    ...["", "", "", "", "", ""],
    ...[protocol, sasVersion, "b"],
    // Snapshot, encryption scope, headers and queries of the request, five headers of the answer.
    ...["", "", "", "", "", "", "", "", ""],
  ].join("\n");
  const signature = createHmac("sha256", Buffer.from(key.value, "base64")).update(toSign).digest("base64");
  return new URLSearchParams({
    sp: permissions,
    st: start,
    se: expiry,
    skoid: key.objectId,
    sktid: key.tenantId,
    skt: key.start,
    ske: key.expiry,
    sks: key.service,
    skv: key.version,
    spr: protocol,
    sv: sasVersion,
    sr: "b",
    sig: signature,
  }).toString();
}

/** Signatures for the blobs of a container, each for one, by a key that is asked for anew before it ends. */
export function signatures(
  container: string,
  fetch: AzureFetch,
  permissions = createOnly,
  now = Date.now,
): (key: string) => Promise<string> {
  const { origin, hostname, pathname } = new URL(container);
  const path = pathname.split("/").filter((part) => part !== "");
  // An emulator has the account in the path, the service in the host.
  const isEmulator = path.length > 1;
  const account = isEmulator ? path[0] : hostname.split(".")[0];
  let known: DelegationKey | null = null;
  return async (key) => {
    if (known === null || Date.parse(known.expiry) - marginMs < now())
      known = await delegationKey(fetch, isEmulator ? `${origin}/${account}` : origin, now());
    return blobSas(known, `/blob/${account}/${path.at(-1)}/${key}`, permissions, now());
  };
}
