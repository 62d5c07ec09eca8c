/** `fieldlake fleet audit`: what somebody should look into. Exit code 1 where something is wrong now. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { auditIssuers, CertificateAudit, checks, type Finding } from "../../audit/findings.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { renderTable } from "../../render/table.ts";
import { count, counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { openFleet, type Fleet, type FleetSource } from "./open-fleet.ts";

export interface AuditOptions extends FleetSource {
  /** Days. */
  readonly expiring: number;
  /** Days. */
  readonly silent: number;
  /** Findings of a kind that are shown. */
  readonly limit: number;
  readonly json?: boolean;
}

export async function audit(options: AuditOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const fleet = await openFleet(options, context);
  try {
    const connected = await connectedDevices(context);
    const rules = {
      expiringDays: options.expiring,
      silentDays: options.silent,
      keys: fleet.keys,
      now: new Date(),
    };
    const walk = new CertificateAudit(rules, connected ?? new Set());
    for await (const one of fleet.registry.certificates()) walk.see(one);
    const findings = [
      ...auditIssuers(await fleet.registry.issuers(), await fleet.registry.lists(), rules),
      ...auditFiles(fleet),
      ...walk.finish(),
    ];
    if (options.json === true) terminal.write(`${JSON.stringify({ findings }, null, 2)}\n`);
    else show(findings, connected !== null, options, context);
    const errors = findings.filter(({ severity }) => severity === "error").length;
    if (errors > 0) throw new CommandError(counted(errors, "error"), exitCodes.failed);
  } finally {
    await fleet.registry.close();
  }
}

/** `null` where no site of this machine serves the fleet. */
async function connectedDevices({ site }: CommandContext): Promise<ReadonlySet<string> | null> {
  try {
    const { fleet } = await site.status();
    return new Set(fleet.filter(({ connected }) => connected).map(({ deviceId }) => deviceId));
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === exitCodes.notRunning) return null;
    throw error;
  }
}

/** Key files that others may read, and ends of the journal that no writer finished. */
function auditFiles({ keyFolder, folder }: Fleet): Finding[] {
  const open = readdirSync(keyFolder).filter(
    (name) => holdsKey(join(keyFolder, name)) && (statSync(join(keyFolder, name)).mode & 0o077) !== 0,
  );
  const torn = readdirSync(folder).filter((name) => name.includes(".torn-"));
  return [
    ...open.map((name): Finding => ({
      check: "authority",
      severity: "error",
      subject: join(keyFolder, name),
      message: "is a key that others may read: chmod 600",
    })),
    ...torn.map((name): Finding => ({
      check: "authority",
      severity: "warning",
      subject: join(folder, name),
      message:
        "was left by a writer that died; nothing in it was acknowledged. Remove it once you have seen it",
    })),
  ];
}

/** A certificate beside a key is for everybody to read. */
const holdsKey = (file: string): boolean =>
  file.endsWith(".key") || (file.endsWith(".pem") && readFileSync(file, "utf8").includes("PRIVATE KEY-----"));

function show(
  findings: readonly Finding[],
  isSiteAsked: boolean,
  { limit }: AuditOptions,
  { terminal }: CommandContext,
): void {
  const shown = checks.flatMap((check) =>
    findings.filter((finding) => finding.check === check).slice(0, limit),
  );
  const titles = ["check", "severity", "who", "what"].map((title) => ({ title }));
  if (shown.length > 0) {
    const rows = shown.map(({ check, severity, subject, message }) => [check, severity, subject, message]);
    terminal.print(
      renderTable(titles, rows, terminal, (text, row, column) =>
        column === 1 ? terminal.style(shown[row]?.severity === "error" ? "bad" : "warning", text) : text,
      ),
    );
  }
  const counts = checks.map(
    (check) => [check, findings.filter((finding) => finding.check === check).length] as const,
  );
  terminal.print(counts.map(([check, found]) => `${check}: ${count(found)}`).join(", "));
  if (!isSiteAsked) terminal.note("no site of this machine runs: who is connected was not looked at");
}
