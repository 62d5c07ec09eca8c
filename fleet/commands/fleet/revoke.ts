/** `fieldlake fleet revoke`: devices or certificates that must not connect any more. */
import { createInterface } from "node:readline/promises";
import type { RevocationReason } from "../../authority/revocation-list.ts";
import { localStack } from "../../environment.ts";
import { CommandError, exitCodes, interrupted } from "../../errors.ts";
import { recordInPortions } from "../../registry/in-portions.ts";
import type { CertificateRecord, Change } from "../../registry/model.ts";
import { counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { listedDevices, type ListOptions } from "./listed-devices.ts";
import { openFleet, type Fleet, type FleetSource } from "./open-fleet.ts";
import { publishLists } from "./publish-lists.ts";
import { authoritySecrets } from "./secrets.ts";

export interface RevokeOptions extends FleetSource, Pick<ListOptions, "csv"> {
  readonly reason: RevocationReason;
  /** Serial numbers in hex, of single certificates. */
  readonly serial?: readonly string[];
  /** Don't ask. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** All of it or nothing; in a cloud, as much as a transaction takes or nothing of that. Rejects with {@link CommandError}. */
export async function revoke(
  ids: readonly string[],
  options: RevokeOptions,
  context: CommandContext,
): Promise<void> {
  const fleet = await openFleet(options, context);
  try {
    const certificates = await wanted(ids, options, fleet);
    await confirm(certificates, options, context);
    const at = new Date();
    const changes = certificates.map(({ serial }): Change => ({
      kind: "revoked",
      serial,
      at,
      reason: options.reason,
    }));
    await recordInPortions(fleet.registry, [...changes, ...(await invitations(certificates, fleet))]);
    report(certificates, options, context);
    await publishLists(fleet, authoritySecrets(context)).catch((error: Error) => {
      throw new CommandError(
        `the certificates are revoked, but the revocation list was not made anew: ${error.message}`,
        exitCodes.failed,
        "brokers that follow the registry refuse them already; others learn of it by: npx fieldlake fleet crl",
      );
    });
  } finally {
    await fleet.registry.close();
  }
}

/** A token that is out must not bring back a device that was shut out. */
async function invitations(
  certificates: readonly CertificateRecord[],
  { registry }: Fleet,
): Promise<readonly Change[]> {
  const ids = [...new Set(certificates.map(({ deviceId }) => deviceId))];
  const found: Change[] = [];
  for (const deviceId of ids) {
    if ((await registry.invitation(deviceId)) !== null) found.push({ kind: "invited", deviceId, at: null });
  }
  return found;
}

async function wanted(
  ids: readonly string[],
  { serial = [], csv }: RevokeOptions,
  { registry, ...fleet }: Fleet,
): Promise<readonly CertificateRecord[]> {
  const listed =
    csv === undefined
      ? []
      : (await listedDevices({ csv }, { fleet: { registry, ...fleet }, purpose: "replace", store: null }))
          .devices;
  const devices = [...new Set([...ids, ...listed.map(({ id }) => id)])];
  const mistakes: string[] = [];
  const found = new Map<string, CertificateRecord>();
  for (const id of devices) {
    const all = await registry.certificatesOf(id);
    const open = all.filter(({ state }) => state !== "revoked" && state !== "expired");
    if (all.length === 0) mistakes.push(`"${id}": the registry does not know it`);
    else if (open.length === 0) mistakes.push(`"${id}": has no certificate that could be revoked any more`);
    for (const one of open) found.set(one.serial, one);
  }
  for (const number of serial) {
    const one = await registry.certificate(number.toLowerCase().replace(/^0+(?=.)/, ""));
    if (one === null) mistakes.push(`--serial ${number}: the registry has no such certificate`);
    else if (one.state === "revoked") mistakes.push(`--serial ${number}: was revoked before (${one.reason})`);
    else found.set(one.serial, one);
  }
  if (devices.length === 0 && serial.length === 0) mistakes.push("name a device, --serial or --csv");
  if (mistakes.length === 0) return [...found.values()];
  throw new CommandError("nothing was revoked", exitCodes.usage, ...mistakes);
}

async function confirm(
  certificates: readonly CertificateRecord[],
  { yes, reason }: RevokeOptions,
  { terminal, signal }: CommandContext,
): Promise<void> {
  if (yes === true) return;
  const what = `${counted(certificates.length, "certificate")} of ${counted(new Set(certificates.map(({ deviceId }) => deviceId)).size, "device")}`;
  if (!terminal.isInteractive) {
    throw new CommandError(
      `${what} would be revoked for good, and there is no terminal to ask at`,
      exitCodes.usage,
      "--yes revokes without asking",
    );
  }
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await questions.question(`Revoke ${what} for good (${reason})? yes/no: `, { signal });
    if (answer.trim().toLowerCase() === "yes") return;
  } catch (error) {
    if (signal.aborted) throw interrupted();
    throw error;
  } finally {
    questions.close();
  }
  throw new CommandError("nothing was revoked", exitCodes.usage, "the answer must be yes");
}

function report(
  certificates: readonly CertificateRecord[],
  { json, reason, stack = localStack, authority }: RevokeOptions,
  { terminal }: CommandContext,
): void {
  if (json === true) {
    const revoked = certificates.map(({ deviceId, serial }) => ({ deviceId, serial }));
    terminal.write(`${JSON.stringify({ reason, revoked }, null, 2)}\n`);
    return;
  }
  for (const { deviceId, serial } of certificates)
    terminal.print(`${deviceId}  ${serial}  revoked (${reason})`);
  terminal.print(
    stack === localStack && authority === undefined
      ? "the site refuses them from now on, and ends their open sessions within a second"
      : "enrolment refuses them from now on; brokers by: npx fieldlake fleet sync, or fleet crl",
  );
}
