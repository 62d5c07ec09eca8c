/**
 * Many requests into certificates: judged against the registry, signed, recorded, and only then handed out. What was
 * recorded before, by a run that was killed, is handed out again instead of issued twice.
 */
import { IssuerError, type IssuedCertificate } from "../authority/issuer.ts";
import { issuerId } from "../registry/ledger.ts";
import type { Change } from "../registry/model.ts";
import { RegistryConflictError } from "../registry/registry.ts";
import { keyIdOf } from "../registry/key-id.ts";
import { judged, type Due } from "./judge-wanted.ts";
import {
  refused,
  type BatchOptions,
  type HandedOut,
  type Outcome,
  type TurnedDown,
  type Wanted,
} from "./wanted.ts";

/** Certificates that become safe together: one write to the disk. */
export const chunkSize = 256;
/** A serial number of 158 random bits that is taken twice in a row is no coincidence. */
const mostSerialCollisions = 3;
const clockToleranceMs = 5 * 60_000;
/** Outcomes in the order of what is wanted. Rejects with IssuerError, SignerError, RegistryError: run it again. */
export async function* issueBatch(
  wanted: AsyncIterable<Wanted | TurnedDown>,
  options: BatchOptions,
): AsyncGenerator<Outcome> {
  await checkClock(options);
  const size = Math.min(chunkSize, options.registry.mostCertificates ?? chunkSize);
  let chunk: (Wanted | TurnedDown)[] = [];
  for await (const one of wanted) {
    chunk.push(one);
    if (chunk.length < size) continue;
    yield* await issueChunk(chunk, options);
    chunk = [];
  }
  yield* await issueChunk(chunk, options);
}

/** With a clock that is behind, what is issued now would end too early and look older than what came before. */
async function checkClock({ registry, now = () => new Date() }: BatchOptions): Promise<void> {
  const last = await registry.lastChange();
  if (last === null || last.getTime() - now().getTime() <= clockToleranceMs) return;
  throw new IssuerError(
    `this machine's clock says ${now().toISOString()}, but ${registry.description} was last written to at ` +
      `${last.toISOString()}: set the clock`,
  );
}

interface Pending extends Due {
  readonly index: number;
  readonly wanted: Wanted;
}

async function issueChunk(
  chunk: readonly (Wanted | TurnedDown)[],
  options: BatchOptions,
): Promise<readonly Outcome[]> {
  const outcomes = new Array<Outcome>(chunk.length);
  let pending: Pending[] = [];
  const seen = new Set<string>();
  for (const [index, wanted] of chunk.entries()) {
    if ("kind" in wanted) {
      outcomes[index] = wanted;
      continue;
    }
    const { deviceId } = wanted.request;
    const verdict = seen.has(deviceId)
      ? `${deviceId} is wanted a second time`
      : await judged(wanted, options);
    seen.add(deviceId);
    if (typeof verdict === "string") outcomes[index] = refused(wanted, verdict);
    else if ("certificate" in verdict) outcomes[index] = verdict;
    else pending.push({ index, wanted, ...verdict });
  }
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const issued = await signAll(pending, options);
    const again: Pending[] = [];
    for (const [place, outcome] of (await recordAll(pending, issued, options)).entries()) {
      const { index, wanted } = pending[place] as Pending;
      if (outcome !== "collision") outcomes[index] = outcome;
      else if (attempt < mostSerialCollisions) again.push(pending[place] as Pending);
      else
        outcomes[index] = refused(
          wanted,
          "its serial number was taken again and again: the random source is broken",
        );
    }
    pending = again;
  }
  return outcomes;
}

/** As many at a time as the signer takes. */
async function signAll(
  pending: readonly Pending[],
  { issuer, days }: BatchOptions,
): Promise<readonly IssuedCertificate[]> {
  const validity = issuer.validity(days);
  const issued = new Array<IssuedCertificate>(pending.length);
  const rest = pending.entries();
  const worker = async (): Promise<void> => {
    for (const [place, { wanted }] of rest) issued[place] = await issuer.issue(wanted.request, validity);
  };
  await Promise.all(Array.from({ length: issuer.signer.concurrency }, worker));
  return issued;
}

/** Writes what does not contradict the registry; who contradicts it is told so. */
async function recordAll(
  pending: readonly Pending[],
  issued: readonly IssuedCertificate[],
  { registry, issuer, now = () => new Date() }: BatchOptions,
): Promise<readonly (Outcome | "collision")[]> {
  const at = now();
  const outcomes = new Array<Outcome | "collision">(pending.length);
  let places = pending.map((_, place) => place);
  while (places.length > 0) {
    const changes: Change[] = [];
    const placeOf: number[] = [];
    for (const place of places) {
      const made = changesOf(
        pending[place] as Pending,
        issued[place] as IssuedCertificate,
        issuerId(issuer.certificate),
        at,
      );
      changes.push(...made);
      placeOf.push(...made.map(() => place));
    }
    try {
      await registry.record(changes);
      for (const place of places)
        outcomes[place] = handedOut(pending[place] as Pending, issued[place] as IssuedCertificate);
      return outcomes;
    } catch (error) {
      if (!(error instanceof RegistryConflictError)) throw error;
      for (const { index, kind, message } of error.conflicts) {
        const place = placeOf[index] as number;
        outcomes[place] =
          kind === "serial" ? "collision" : refused((pending[place] as Pending).wanted, message);
      }
      places = places.filter((place) => outcomes[place] === undefined);
    }
  }
  return outcomes;
}

function changesOf(
  { wanted: { profile, request }, replaced, follows }: Pending,
  { deviceId, der, serial, notBefore, notAfter, keyKind }: IssuedCertificate,
  issuer: string,
  at: Date,
): Change[] {
  const keyId = keyIdOf(request.key.spki);
  const certificate = {
    deviceId,
    serial,
    issuer,
    notBefore,
    notAfter,
    keyId,
    keyKind,
    source: "issued",
    recordedAt: at,
    der,
  } as const;
  return [
    ...(profile === undefined
      ? []
      : [{ kind: "device", device: { id: deviceId, profile, source: "issued", enrolledAt: at } } as const]),
    { kind: "certificate", certificate, follows },
    ...replaced.map((former): Change => ({
      kind: "revoked",
      serial: former.serial,
      at,
      reason: "superseded",
    })),
  ];
}

function handedOut(
  { wanted: { from } }: Pending,
  { deviceId, serial, notAfter, der }: IssuedCertificate,
): HandedOut {
  return { kind: "issued", from, deviceId, serial, notAfter, certificate: der };
}
