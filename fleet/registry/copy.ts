/** One registry's records into another: from the machine on which a fleet began into the cloud. */
import { standings, type CertificateRecord, type Change, type IssuerRecord } from "./model.ts";
import { RegistryConflictError, type FleetRegistry } from "./registry.ts";

export interface Copied {
  /** New ones; what was there already is left as it is. */
  readonly devices: number;
  readonly certificates: number;
  /** Certificates that were there, and of whose use or end the other registry did not know. */
  readonly updated: number;
  /** Tokens that are out: they are of the former registry's key, and good no more. */
  readonly invitations: number;
  /** What the other registry does not take: another device has the key there, or another certificate the serial number. */
  readonly refused: readonly string[];
}

export interface CopyOptions {
  readonly from: FleetRegistry;
  readonly to: FleetRegistry;
  /** Ends it between two transactions. */
  readonly signal: AbortSignal;
  /** After each transaction: certificates and devices that were looked at since the last call. */
  readonly step?: (looked: number) => void;
}

/** Where the registry has no limit of its own. */
const atOnce = 500;

/**
 * Each certificate is written together with its end, so that nobody takes a revoked one for valid in between. Ended half way,
 * and repeated, it goes on: what is there is not written again. Rejects with RegistryError, or the signal's reason.
 */
export async function copyRegistry(options: CopyOptions): Promise<Copied> {
  const { from, to } = options;
  await copyIssuers(from, to);
  const { devices, invitations } = await copyDevices(options);
  const certificates = await copyCertificates(options);
  await copyLists(from, to);
  return { devices, invitations, ...certificates };
}

/** An issuer's standing goes one way: the one that is further on is the newer knowledge. One signs. */
async function copyIssuers(from: FleetRegistry, to: FleetRegistry): Promise<void> {
  const there = new Map((await to.issuers()).map((issuer) => [issuer.id, issuer]));
  const isFurther = (one: IssuerRecord): boolean => {
    const known = there.get(one.id);
    return known === undefined || standings.indexOf(one.standing) > standings.indexOf(known.standing);
  };
  const news = (await from.issuers()).filter(isFurther);
  for (const one of news) there.set(one.id, one);
  const signing = [...there.values()].filter(({ standing }) => standing === "current");
  const changes = news.map((issuer): Change => {
    const isSecond = signing.length > 1 && signing.includes(issuer);
    return { kind: "issuer", issuer: isSecond ? { ...issuer, standing: "retiring" } : issuer };
  });
  if (changes.length > 0) await to.record(changes);
}

async function copyDevices({
  from,
  to,
  signal,
  step = () => undefined,
}: CopyOptions): Promise<Pick<Copied, "devices" | "invitations">> {
  let [devices, invitations] = [0, 0];
  for await (const some of portions(from.devices(), to.mostChanges ?? atOnce)) {
    signal.throwIfAborted();
    const known = await Promise.all(some.map(({ id }) => to.device(id)));
    const changes = some
      .filter((_device, at) => known[at] === null)
      .map((device): Change => ({ kind: "device", device }));
    await to.record(changes);
    for (const { id } of some) if ((await from.invitation(id)) !== null) invitations += 1;
    devices += changes.length;
    step(some.length);
  }
  return { devices, invitations };
}

async function copyCertificates({
  from,
  to,
  signal,
  step = () => undefined,
}: CopyOptions): Promise<Pick<Copied, "certificates" | "updated" | "refused">> {
  let [certificates, updated] = [0, 0];
  const refused: string[] = [];
  // In the order in which they were recorded: the last one of a device is its newest there, too.
  for await (const some of portions(from.certificates(), to.mostCertificates ?? atOnce)) {
    signal.throwIfAborted();
    const wanted = await Promise.all(some.map((one) => wantedOf(one, from, to)));
    refused.push(...wanted.flatMap((one) => (typeof one === "string" ? one : [])));
    const changed = wanted
      .filter((one) => typeof one === "object")
      .filter(({ changes }) => changes.length > 0);
    for (const { isNew } of await recorded(to, changed, refused)) {
      if (isNew) certificates += 1;
      else updated += 1;
    }
    step(some.length);
  }
  return { certificates, updated, refused };
}

interface Wanted {
  readonly isNew: boolean;
  readonly changes: readonly Change[];
}

/** What the other registry lacks of a certificate, or why it can't take it. */
async function wantedOf(
  one: CertificateRecord,
  from: FleetRegistry,
  to: FleetRegistry,
): Promise<Wanted | string> {
  const { deviceId, serial } = one;
  const there = await to.certificatesOf(deviceId);
  const known = there.find((other) => other.serial === serial && other.keyId === one.keyId);
  if (known !== undefined) return { isNew: false, changes: endsOf(one, known) };
  const newest = there[0];
  if (newest !== undefined && newest.recordedAt > one.recordedAt) {
    return `${deviceId}: ${serial} was not copied before ${newest.serial} was issued there; the device goes on with that one`;
  }
  // One whose text was forgotten is still to be known by its number.
  const der = (await from.encoded(serial)) ?? Buffer.alloc(0);
  // A certificate ends an invitation; one that was made there, for the next certificate, goes on.
  const invitedAt = await to.invitation(deviceId);
  const nothing = { seenAt: null, endedAt: null, reason: null };
  return {
    isNew: true,
    changes: [
      { kind: "certificate", certificate: { ...one, der } },
      ...(invitedAt === null ? [] : [{ kind: "invited", deviceId, at: invitedAt } as const]),
      ...endsOf(one, nothing),
    ],
  };
}

type Ends = Pick<CertificateRecord, "seenAt" | "endedAt" | "reason">;

/** The first time counts there, as everywhere. */
function endsOf({ serial, seenAt, endedAt, reason }: CertificateRecord, known: Ends): readonly Change[] {
  const changes: Change[] = [];
  if (seenAt !== null && known.seenAt === null) changes.push({ kind: "seen", serial, at: seenAt });
  if (endedAt === null) return changes;
  if (reason !== null && known.reason === null)
    changes.push({ kind: "revoked", serial, at: endedAt, reason });
  if (reason === null && known.endedAt === null) changes.push({ kind: "superseded", serial, at: endedAt });
  return changes;
}

/** All at once; where the registry objects to one, the others by themselves. Those that were written. */
async function recorded(
  to: FleetRegistry,
  wanted: readonly Wanted[],
  refused: string[],
): Promise<readonly Wanted[]> {
  try {
    await to.record(wanted.flatMap(({ changes }) => changes));
    return wanted;
  } catch (error) {
    if (!(error instanceof RegistryConflictError)) throw error;
    const [single] = wanted;
    if (single !== undefined && wanted.length === 1) {
      refused.push(error.message);
      return [];
    }
    const written: Wanted[] = [];
    for (const one of wanted) written.push(...(await recorded(to, [one], refused)));
    return written;
  }
}

/** Numbers of lists only rise. */
async function copyLists(from: FleetRegistry, to: FleetRegistry): Promise<void> {
  const there = new Map((await to.lists()).map((list) => [list.issuer, list.number]));
  const changes = (await from.lists())
    .filter(({ issuer, number }) => number > (there.get(issuer) ?? -1))
    .map((list): Change => ({ kind: "list", list }));
  if (changes.length > 0) await to.record(changes);
}

async function* portions<Item>(items: AsyncIterable<Item>, most: number): AsyncGenerator<readonly Item[]> {
  let some: Item[] = [];
  for await (const item of items) {
    some.push(item);
    if (some.length < most) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
