/**
 * `fieldlake fleet rollover`: the next intermediate takes over while devices of the former one stay connected. Trusted
 * first (prepare, accept), then it signs (activate), and when nobody needs the former any more it ends (finish).
 */
import { X509Certificate } from "node:crypto";
import { CommandError, exitCodes } from "../../errors.ts";
import type { CertificateRecord, IssuerRecord, Standing } from "../../registry/model.ts";
import { count, counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { withFleet, type Fleet, type FleetSource } from "./open-fleet.ts";
import { currentIssuer } from "./open-issuer.ts";
import { publishLists } from "./publish-lists.ts";
import { authoritySecrets } from "./secrets.ts";

/** The announced intermediate signs from now on; the former stays trusted. */
export async function activate(options: FleetSource, context: CommandContext): Promise<void> {
  await withFleet(options, context, async (fleet) => {
    const { registry } = fleet;
    const next = (await registry.issuers()).find(({ standing }) => standing === "announced");
    if (next === undefined) {
      throw new CommandError(
        "no intermediate is announced",
        exitCodes.usage,
        "npx fieldlake fleet rollover prepare",
      );
    }
    const former = await currentIssuer(fleet);
    await registry.record([standingOf(former, "retiring"), standingOf(next, "current")]);
    const left = await liveOf(former, fleet);
    context.terminal.print(
      `signs now: ${next.id}; ${counted(left, "device")} still have a certificate of ${former.id}`,
    );
    context.terminal.print("as they renew, that number falls; at 0: npx fieldlake fleet rollover finish");
  });
}

/** Ends the trust in intermediates that nobody needs any more. */
export async function finish(options: FleetSource, context: CommandContext): Promise<void> {
  await withFleet(options, context, async (fleet) => {
    const { registry } = fleet;
    const retiring = (await registry.issuers()).filter(({ standing }) => standing === "retiring");
    if (retiring.length === 0) throw new CommandError("no intermediate is retiring", exitCodes.usage);
    for (const issuer of retiring) {
      const left = await liveOf(issuer, fleet);
      if (left > 0) {
        throw new CommandError(
          `${counted(left, "device")} would be locked out: their certificates are of ${issuer.id}`,
          exitCodes.failed,
          "renew them first; npx fieldlake fleet list --state issued --state active shows who is left",
        );
      }
    }
    await publishLists(fleet, authoritySecrets(context)).catch(() => []);
    await registry.record(retiring.map((issuer) => standingOf(issuer, "retired")));
    context.terminal.print(
      `retired: ${retiring.map(({ id }) => id).join(", ")}; nothing that they signed is trusted`,
    );
  });
}

/** Who signs, who is trusted, and how many devices depend on each. */
export async function rollover(
  options: FleetSource & { readonly json?: boolean },
  context: CommandContext,
): Promise<void> {
  await withFleet(options, context, async (fleet) => {
    const rows = [];
    for (const issuer of await fleet.registry.issuers()) {
      const { subject, validToDate } = new X509Certificate(issuer.certificate);
      const devices = await liveOf(issuer, fleet);
      rows.push({
        id: issuer.id,
        standing: issuer.standing,
        subject: oneLine(subject),
        notAfter: validToDate,
        devices,
      });
    }
    if (options.json === true) {
      context.terminal.write(`${JSON.stringify(rows, null, 2)}\n`);
      return;
    }
    for (const { id, standing, subject, notAfter, devices } of rows) {
      const style = standing === "current" ? "good" : "faint";
      context.terminal.print(
        `${context.terminal.style(style, standing.padEnd(9))} ${subject} until ${day(notAfter)}, ${count(devices)} devices (${id})`,
      );
    }
  });
}

/** Devices whose newest live certificate is the issuer's: the others have renewed. */
async function liveOf({ id }: IssuerRecord, { registry }: Fleet): Promise<number> {
  const newest = new Map<string, CertificateRecord>();
  for await (const one of registry.certificates({ states: ["issued", "active"] }))
    newest.set(one.deviceId, one);
  return [...newest.values()].filter(({ issuer }) => issuer === id).length;
}

const standingOf = (issuer: IssuerRecord, standing: Standing) =>
  ({ kind: "issuer", issuer: { ...issuer, standing, at: new Date() } }) as const;

const oneLine = (name: string): string => name.replaceAll("\n", ", ");
const day = (date: Date): string => date.toISOString().slice(0, 10);
