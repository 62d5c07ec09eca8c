/** The site as a service of the machine: it comes back after a crash and after a reboot, without anybody's hand. */
import { resolve } from "node:path";
import { z } from "zod";
import { environment, nodeFlags } from "../../site/runtime.ts";
import { localStack, runFolderOf } from "../environment.ts";
import { CommandError, exitCodes } from "../errors.ts";
import { stackOutputs } from "../outputs.ts";
import type { CommandContext } from "./context.ts";

export interface ServiceOptions {
  /** User whose service of the machine it is; default: a service of whoever is signed in. */
  readonly user?: string;
}

const outputs = z.object({ authority: z.object({ registry: z.object({ keyFile: z.string() }) }) });

/** Prints a systemd unit that runs the site of the stack. Throws {@link CommandError}. */
export async function service(
  { user }: ServiceOptions,
  { terminal, folders }: Pick<CommandContext, "terminal" | "folders">,
): Promise<void> {
  if (process.platform !== "linux") {
    throw new CommandError(
      `service: received the platform ${process.platform}; allowed: linux, whose service manager is systemd`,
      exitCodes.usage,
      "elsewhere let your service manager run `npm run pulumi -- up --yes --stack local-dev` when the machine starts",
    );
  }
  const { project } = folders;
  const { authority } = await stackOutputs(localStack, project, outputs);
  const site = resolve(project, "site", "main.ts");
  const keyFile = resolve(project, authority.registry.keyFile);
  const unit = unitOf({
    command: [process.execPath, ...nodeFlags, site, resolve(project, runFolderOf(folders)), keyFile],
    environment: { ...environment, ...passed(process.env) },
    user: user ?? null,
  });
  terminal.write(unit);
}

/** What the site takes from the shell that starts it. */
const passed = ({ FIELDLAKE_DUCKDB_HTTPFS: extension }: NodeJS.ProcessEnv): Record<string, string> =>
  extension === undefined ? {} : { FIELDLAKE_DUCKDB_HTTPFS: extension };

export interface Unit {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Null for a unit of systemd's user manager. */
  readonly user: string | null;
}

/**
 * A unit file (systemd.service, systemd.exec). The site ends with 0 only where it was told to stop; anything else is
 * started again, ten times in five minutes at most, so that a machine with a full disk does not spin.
 */
export function unitOf({ command, environment: variables, user }: Unit): string {
  const settings = Object.entries(variables).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  );
  return `[Unit]
Description=Fieldlake, site of the stack ${localStack}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${command.map(quotedWord).join(" ")}
${settings.join("\n")}
${user === null ? "" : `User=${user}\n`}Restart=on-failure
RestartSec=2
TimeoutStopSec=70
KillMode=mixed
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=${user === null ? "default.target" : "multi-user.target"}
`;
}

/** Percent signs begin specifiers. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll("%", "%%")}"`;
/** Of a command line, where dollar signs begin variables. */
const quotedWord = (text: string): string => quoted(text).replaceAll("$", "$$$$");
