/** `fieldlake fleet issue` and `renew`: requests, or ids whose keys are made here, into certificates. */
import { resolve } from "node:path";
import { verifyRequest, RequestError } from "../../authority/certificate-request.ts";
import type { Issuer } from "../../authority/issuer.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { issueBatch } from "../../issue/issue-batch.ts";
import type { HandedOut, Outcome, Purpose, TurnedDown, Wanted } from "../../issue/wanted.ts";
import { findRequests, readRequest } from "../../issue/request-files.ts";
import type { CommandContext } from "../context.ts";
import { batchProgress } from "./batch-progress.ts";
import { certificateChain, storeFor, type DeviceStore } from "./device-store.ts";
import { listedDevices, type ListOptions } from "./listed-devices.ts";
import { openFleet, type Fleet, type FleetSource } from "./open-fleet.ts";
import { openIssuer } from "./open-issuer.ts";
import { publishLists } from "./publish-lists.ts";
import { authoritySecrets, keyStorePassphrase } from "./secrets.ts";

export interface IssueOptions extends FleetSource, ListOptions {
  /** Folder for what is made; for its owner only. */
  readonly out?: string;
  /** Key stores instead of PEM. */
  readonly pkcs12?: boolean;
  readonly passphraseFile?: string;
  readonly replace?: boolean;
  readonly early?: boolean;
  readonly days?: number;
  readonly json?: boolean;
}

/** Rejects with {@link CommandError}; what was refused is told, and ends with exit code 1. */
export async function issue(
  requests: readonly string[],
  purpose: Purpose,
  options: IssueOptions,
  context: CommandContext,
): Promise<void> {
  checkOptions(requests, options);
  const fleet = await openFleet(options, context);
  const secrets = authoritySecrets(context);
  try {
    const issuer = await openIssuer(fleet, secrets);
    try {
      const outcomes = await (requests.length > 0
        ? issueRequests(requests, purpose, options, { fleet, issuer, context })
        : issueListed(purpose, options, { fleet, issuer, context }));
      await publishLists(fleet, secrets);
      report(outcomes, options, context);
    } finally {
      await issuer.signer.close();
    }
  } finally {
    await fleet.registry.close();
  }
}

interface Work {
  readonly fleet: Fleet;
  readonly issuer: Issuer;
  readonly context: CommandContext;
}

function checkOptions(requests: readonly string[], { csv, id, out, pkcs12 }: IssueOptions): void {
  const wrong = (message: string, ...advice: string[]) =>
    new CommandError(message, exitCodes.usage, ...advice);
  const hasList = csv !== undefined || (id ?? []).length > 0;
  if (requests.length === 0 && !hasList) {
    throw wrong(
      "nothing to issue",
      "name requests or a folder of them: npx fieldlake fleet issue press-1.csr",
      "or devices whose keys are made here: npx fieldlake fleet issue --csv devices.csv --out made",
    );
  }
  if (requests.length > 0 && hasList)
    throw wrong("requests and --csv or --id were given together; allowed: one of them");
  if (pkcs12 === true && (requests.length > 0 || out === undefined)) {
    throw wrong("--pkcs12 goes with keys that are made here, into a folder: --csv or --id, and --out");
  }
  if (csv !== undefined && out === undefined)
    throw wrong("--csv needs a folder for the keys: --out <folder>");
}

async function issueRequests(
  names: readonly string[],
  purpose: Purpose,
  options: IssueOptions,
  { fleet, issuer, context }: Work,
): Promise<readonly Outcome[]> {
  const files = findRequests(names);
  if (files.length > 1 && options.out === undefined) {
    throw new CommandError(
      `${files.length} requests need a folder for their certificates`,
      exitCodes.usage,
      "--out <folder>",
    );
  }
  const read = files.map((file) => wantedOf(file, fleet));
  const mistakes = read.filter((one): one is TurnedDown => "kind" in one);
  refuseInvalid(mistakes, read.length, options, context);
  const store = options.out === undefined ? null : await storeFor(resolve(options.out), null);
  return run(read, purpose, options, { fleet, issuer, context }, async (handed) => {
    if (store === null) {
      if (options.json !== true) context.terminal.write(certificateChain(handed.certificate, issuer.chain));
    } else {
      await store.putCertificate(handed.deviceId, handed.certificate, issuer.chain);
    }
  });
}

function wantedOf(file: string, { environment, keys }: Fleet): Wanted | TurnedDown {
  try {
    return { from: file, request: verifyRequest(readRequest(file), { environment, keys }) };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { kind: "refused", from: file, deviceId: null, message: error.message };
  }
}

async function issueListed(
  purpose: Purpose,
  options: IssueOptions,
  { fleet, issuer, context }: Work,
): Promise<readonly Outcome[]> {
  const passphrase =
    options.pkcs12 === true ? await keyStorePassphrase(options.passphraseFile, context) : null;
  const out = options.out === undefined ? null : resolve(options.out);
  const store = out === null ? null : await storeFor(out, passphrase);
  const { devices, mistakes, done } = await listedDevices(options, { fleet, purpose, store });
  refuseInvalid(mistakes, devices.length + mistakes.length + done.length, options, context);
  const around = { chain: issuer.chain, trust: fleet.trustBundle };
  const keys = store ?? (await storeInMemory(context));
  const wanted = [...mistakes, ...devices];
  const outcomes = await run(
    wanted.map((one) => ("kind" in one ? one : () => keys.want(one))),
    purpose,
    options,
    { fleet, issuer, context },
    (handed) => keys.putDevice(handed.deviceId, handed.certificate, around),
  );
  return [...done, ...outcomes];
}

/** Keys that are shown once, for a device or two. */
async function storeInMemory({ terminal }: CommandContext): Promise<DeviceStore> {
  const { memoryStore } = await import("./device-store.ts");
  return memoryStore((text) => terminal.write(text));
}

/** All mistakes at once, and nothing issued, unless the good ones are wanted all the same. */
function refuseInvalid(
  mistakes: readonly TurnedDown[],
  total: number,
  { skipInvalid }: IssueOptions,
  { terminal }: CommandContext,
): void {
  if (mistakes.length === 0 || skipInvalid === true) return;
  for (const { from, message } of mistakes) terminal.note(`${from}: ${message}`);
  throw new CommandError(
    `${mistakes.length} of ${total} can't be issued; nothing was`,
    exitCodes.usage,
    "mend them, or add --skip-invalid to issue the others",
  );
}

type Lazy = Wanted | TurnedDown | (() => Promise<Wanted>);

async function run(
  wanted: readonly Lazy[],
  purpose: Purpose,
  options: IssueOptions,
  { fleet, issuer, context }: Work,
  hand: (handed: HandedOut) => Promise<void>,
): Promise<readonly Outcome[]> {
  const progress = batchProgress(context.terminal, wanted.length, options.json === true);
  const made = async function* (): AsyncGenerator<Wanted | TurnedDown> {
    for (const one of wanted) {
      if (context.signal.aborted) return;
      yield typeof one === "function" ? await one() : one;
    }
  };
  const outcomes: Outcome[] = [];
  const handing = new Set<Promise<void>>();
  try {
    for await (const outcome of issueBatch(made(), {
      registry: fleet.registry,
      issuer,
      purpose,
      days: options.days ?? fleet.certificateDays,
      early: options.early ?? false,
    })) {
      if (outcome.kind !== "refused") {
        const work = hand(outcome).finally(() => handing.delete(work));
        handing.add(work);
        if (handing.size >= mostFiles) await Promise.race(handing);
      }
      outcomes.push(outcome.kind === "refused" ? outcome : { ...outcome, certificate: none });
      progress.step(outcome.kind);
    }
    await Promise.all(handing);
  } finally {
    await Promise.allSettled(handing);
    progress.end();
  }
  return outcomes;
}

/** Written at the same time: each waits for the disk. */
const mostFiles = 32;
const none = Buffer.alloc(0);

function report(
  outcomes: readonly Outcome[],
  { json, out }: IssueOptions,
  { terminal, signal }: CommandContext,
): void {
  const of = (kind: Outcome["kind"]) => outcomes.filter((outcome) => outcome.kind === kind);
  const [issued, known, refused] = [of("issued"), of("known"), of("refused")];
  if (json === true) {
    terminal.write(
      `${JSON.stringify({ issued: issued.map(shown), known: known.map(shown), refused: refused.map(shown) }, null, 2)}\n`,
    );
  } else {
    for (const one of refused) terminal.note(`${one.from}: ${"message" in one ? one.message : ""}`);
    if (out !== undefined || refused.length > 0) {
      const again = known.length === 0 ? "" : `, ${known.length} had been before`;
      const where = out === undefined ? "" : ` in ${resolve(out)}`;
      terminal.note(`${issued.length} issued${again}, ${refused.length} refused${where}`);
    }
  }
  if (signal.aborted)
    throw new CommandError("interrupted", exitCodes.interrupted, "the same command goes on where it was");
  if (refused.length > 0) throw new CommandError(`${refused.length} refused`, exitCodes.failed);
}

function shown(outcome: Outcome): object {
  if (outcome.kind === "refused") {
    const { from, deviceId, message } = outcome;
    return { from, deviceId, message };
  }
  const { from, deviceId, serial, notAfter } = outcome;
  return { from, deviceId, serial, notAfter };
}
