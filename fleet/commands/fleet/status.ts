/** `fieldlake fleet status`: the whole fleet, or one device with its certificates. */
import { isListDue } from "../../authority/revocation-list.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { X509Certificate } from "node:crypto";
import { certificateStates } from "../../registry/model.ts";
import { count } from "../../render/units.ts";
import { printable } from "../../render/text.ts";
import type { CommandContext } from "../context.ts";
import { certificateTable } from "./list.ts";
import { openFleet, type Fleet, type FleetSource } from "./open-fleet.ts";

export interface StatusOptions extends FleetSource {
  readonly json?: boolean;
}

export async function fleetStatus(
  id: string | undefined,
  options: StatusOptions,
  context: CommandContext,
): Promise<void> {
  const fleet = await openFleet(options, context);
  try {
    await (id === undefined ? ofFleet(fleet, options, context) : ofDevice(id, fleet, options, context));
  } finally {
    await fleet.registry.close();
  }
}

async function ofDevice(
  id: string,
  { registry }: Fleet,
  { json }: StatusOptions,
  { terminal }: CommandContext,
) {
  const device = await registry.device(id);
  if (device === null) {
    throw new CommandError(
      `the registry does not know "${printable(id)}"`,
      exitCodes.failed,
      "npx fieldlake fleet list",
    );
  }
  const certificates = await registry.certificatesOf(id);
  if (json === true) return terminal.write(`${JSON.stringify({ device, certificates }, null, 2)}\n`);
  const { profile, source, enrolledAt } = device;
  terminal.print(
    `${terminal.style("strong", id)}: ${source}, enrolled ${enrolledAt.toISOString()}, profile ${profile ?? "by binding"}`,
  );
  terminal.print(certificateTable(certificates, terminal));
}

async function ofFleet(fleet: Fleet, { json }: StatusOptions, { terminal }: CommandContext): Promise<void> {
  const { registry, environment } = fleet;
  const counts = await registry.counts();
  const issuers = (await registry.issuers()).map(({ id, certificate, standing, signer, at }) => {
    const { subject, validToDate } = new X509Certificate(certificate);
    return {
      id,
      subject: subject.replaceAll("\n", ", "),
      notAfter: validToDate,
      standing,
      key: signer?.kind ?? "stack",
      at,
    };
  });
  const lists = await registry.lists();
  if (json === true) {
    return terminal.write(`${JSON.stringify({ environment, ...counts, issuers, lists }, null, 2)}\n`);
  }
  terminal.print(
    `${terminal.style("strong", environment)}: ${count(counts.devices)} devices, ${registry.description}`,
  );
  terminal.print(
    `  certificates: ${certificateStates.map((state) => `${count(counts.certificates[state])} ${state}`).join(", ")}`,
  );
  for (const { id, subject, notAfter, standing, key } of issuers) {
    const style = standing === "current" ? "good" : "faint";
    terminal.print(
      `  ${terminal.style(style, standing.padEnd(9))} ${subject} until ${notAfter.toISOString().slice(0, 10)}, key: ${key} (${id})`,
    );
  }
  const now = new Date();
  for (const { number, thisUpdate, nextUpdate, revoked, issuer } of lists) {
    const isOver = nextUpdate < now;
    const word = isOver ? "expired" : isListDue(thisUpdate, nextUpdate, now) ? "due" : "good";
    const style = isOver ? "bad" : word === "due" ? "warning" : "good";
    terminal.print(
      `  revocation list ${number}: ${count(revoked)} revoked, ${terminal.style(style, word)} until ` +
        `${nextUpdate.toISOString().slice(0, 10)} (${issuer})`,
    );
  }
}
