/** Commands, options and help texts of `fieldlake fleet`. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { certificateDays } from "../../authority/issuer.ts";
import { certificateStates, reasonNames, type CertificateState } from "../../registry/model.ts";
import type { RevocationReason } from "../../authority/revocation-list.ts";
import type { CommandContext } from "../context.ts";
import { audit, type AuditOptions } from "./audit.ts";
import { bundle, bundleForms, type BundleOptions } from "./bundle.ts";
import { crl, type CrlOptions } from "./crl.ts";
import { issue, type IssueOptions } from "./issue.ts";
import { exportCertificates, list, type ExportOptions, type ListOptions } from "./list.ts";
import { revoke, type RevokeOptions } from "./revoke.ts";
import { activate, finish, rollover } from "./rollover.ts";
import { accept, prepare, type PrepareOptions } from "./rollover-prepare.ts";
import { token, type TokenOptions } from "./token.ts";
import { tokenDays } from "../../est/token.ts";
import { fleetStatus, type StatusOptions } from "./status.ts";
import type { FleetSource } from "./open-fleet.ts";

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  npx fieldlake fleet ${line}`).join("\n")}`;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `allowed: a whole number from ${least} on`
        : `allowed: ${least} to ${most}`,
    );
  };
}

function oneOf<Word extends string>(allowed: readonly Word[]) {
  return (text: string, before: readonly Word[] = []): readonly Word[] => {
    const word = allowed.find((one) => one === text);
    if (word === undefined) throw new InvalidArgumentError(`allowed: ${allowed.join(", ")}`);
    return [...before, word];
  };
}

export function addFleetCommands(program: Command, context: CommandContext): void {
  const fleet = program
    .command("fleet")
    .summary("devices and their certificates: issue, renew, revoke, audit, roll over")
    .description(
      "One registry of devices and certificates per stack, outside its state. Certificates are signed by the stack's " +
        "authority, or by the one that --authority describes (docs/fleet.md).",
    );
  const command = (name: string, summary: string): Command =>
    fleet
      .command(name)
      .summary(summary)
      .option("--stack <name>", "stack whose fleet it is (default: local-dev)")
      .option("--authority <file>", "an authority without a stack, as JSON");
  const json = ["--json", "as JSON, for scripts"] as const;
  addIssuing(command, json, context);
  addLooking(command, json, context);
  addEnding(command, json, context);
  addRollover(command("rollover", "let the next intermediate take over"), json, context);
}

type MakeCommand = (name: string, summary: string) => Command;
type Flag = readonly [string, string];

function addIssuing(command: MakeCommand, json: Flag, context: CommandContext): void {
  const common = (made: Command): Command =>
    made
      .argument("[requests...]", "certificate requests (PEM or DER), or folders of them")
      .option("--csv <file>", "devices by a list: id, profile")
      .option("--id <id>", "a device by its id; may be repeated", collect)
      .option("--out <folder>", "where certificates (and keys) go, for your eyes only")
      .option(
        "--days <days>",
        "days that the certificates live",
        whole(certificateDays.least, certificateDays.most),
      )
      .option("--skip-invalid", "issue the others where some can't be")
      .option(...json);
  common(command("issue", "certificates for new devices"))
    .description(
      "A device makes its key and sends a request; its certificate comes back. For devices that can't, keys are made " +
        "here (--csv, --id): shown once, or written into a folder as files of mode 0600 or key stores. A batch that " +
        "was killed goes on where it was, and never issues twice.",
    )
    .option("--pkcs12", "key stores under a passphrase instead of PEM files")
    .option("--passphrase-file <file>", "its first line is the passphrase of the key stores")
    .option("--replace", "devices that have a certificate get another one, and the former are revoked")
    .addHelpText(
      "after",
      examples(
        "issue press-1.csr > press-1.pem",
        "issue requests/ --out certificates",
        "issue --csv devices.csv --out made --pkcs12",
        "issue --id press-1",
      ),
    )
    .action((requests: string[], options: IssueOptions) =>
      issue(requests, options.replace === true ? "replace" : "issue", options, context),
    );
  common(command("renew", "the next certificates of devices in service"))
    .description(
      "The former certificate stays good until the new one is first used, and a week beyond. A device is due after " +
        "two thirds of its certificate's life. Without a request, the key in --out is used again.",
    )
    .option("--early", "renew what is not due yet")
    .addHelpText("after", examples("renew press-1.csr > press-1.pem", "renew --csv devices.csv --out made"))
    .action((requests: string[], options: IssueOptions) => issue(requests, "renew", options, context));
  command("token", "let devices fetch their first certificates themselves (EST)")
    .description(
      "A one-time bootstrap token for each device: it goes where a password goes, with the device's id as the user " +
        "name. A newer token ends the former, and so does the first certificate. What the device had before is revoked " +
        "when it fetches another. Tokens are shown once.",
    )
    .argument("[ids...]", "devices")
    .option("--csv <file>", "devices by a list: id, profile")
    .option(
      "--days <days>",
      "days that a token is good for",
      whole(tokenDays.least, tokenDays.most),
      tokenDays.default,
    )
    .option("--out <file>", "a new file for the tokens, for your eyes only")
    .option("--cancel", "end the tokens that are out, and make none")
    .option(...json)
    .addHelpText("after", examples("token press-1", "token --csv devices.csv --out tokens.csv"))
    .action((ids: string[], options: TokenOptions) => token(ids, options, context));
  command("bundle", "a folder that a device or gateway is set up from")
    .argument("<id>", "the device")
    .requiredOption("--out <folder>", "where it goes")
    .addOption(
      new Option("--form <form>", "java: key store and trust store for Java and Eclipse Kura")
        .choices(bundleForms)
        .default("pem"),
    )
    .option("--key <file>", "the device's private key, where it goes into the folder")
    .option("--trust <file>", "further roots to trust; may be repeated", collect)
    .option("--passphrase-file <file>", "its first line is the passphrase of the key stores")
    .addHelpText("after", examples("bundle press-1 --key made/press-1.key --out press-1 --form java"))
    .action((id: string, options: BundleOptions) => bundle(id, options, context));
}

function addLooking(command: MakeCommand, json: Flag, context: CommandContext): void {
  const filtered = (made: Command): Command =>
    made
      .option(
        "--state <state>",
        `${certificateStates.join(", ")}; may be repeated`,
        oneOf<CertificateState>(certificateStates),
      )
      .option("--expiring <days>", "that end within so many days", whole(0))
      .option("--prefix <text>", "of devices whose id begins like that");
  command("status", "the fleet in numbers, or one device")
    .argument("[id]", "a device")
    .option(...json)
    .action((id: string | undefined, options: StatusOptions) => fleetStatus(id, options, context));
  filtered(command("list", "certificates of the registry"))
    .option("--limit <rows>", "most rows", whole(1), 100)
    .option(...json)
    .addHelpText("after", examples("list --expiring 30 --state active", "list --prefix press- --json"))
    .action((options: ListOptions) => list(options, context));
  filtered(command("export", "the registry as a file"))
    .addOption(
      new Option("--format <format>", "pem: the certificates themselves")
        .choices(["csv", "json", "pem"])
        .default("csv"),
    )
    .option("--out <file>", "a new file; default: standard output")
    .addHelpText(
      "after",
      examples("export --out fleet.csv", "export --format pem --state active > active.pem"),
    )
    .action((options: ExportOptions) => exportCertificates(options, context));
  command("audit", "what somebody should look into")
    .description(
      "Expiring, duplicate key, weak key, never connected, revoked but connected, lists and authorities near their " +
        "end. Exit code 1 where something is wrong now.",
    )
    .option("--expiring <days>", "a certificate is told so many days before its end", whole(1), 21)
    .option("--silent <days>", "a device that never came is told after so many days", whole(0), 14)
    .option("--limit <rows>", "most findings of a kind", whole(1), 20)
    .option(...json)
    .action((options: AuditOptions) => audit(options, context));
}

function addEnding(command: MakeCommand, json: Flag, context: CommandContext): void {
  command("revoke", "devices or certificates that must not connect any more")
    .argument("[ids...]", "devices, with all their certificates")
    .addOption(
      new Option("--reason <reason>", "why (RFC 5280, 5.3.1)")
        .choices(reasonNames)
        .default("unspecified" satisfies RevocationReason),
    )
    .option("--csv <file>", "devices by a list: id")
    .option("--serial <hex>", "a single certificate; may be repeated", collect)
    .option("-y, --yes", "don't ask")
    .option(...json)
    .addHelpText(
      "after",
      examples(
        "revoke press-1 --reason keyCompromise",
        "revoke --csv stolen.csv --reason privilegeWithdrawn --yes",
      ),
    )
    .action((ids: string[], options: RevokeOptions) => revoke(ids, options, context));
  command("crl", "make the revocation lists anew")
    .option("--out <file>", "all lists in one file, as mosquitto takes them")
    .option("--if-due", "keep what is in the first half of its life and complete")
    .option(...json)
    .addHelpText("after", examples("crl --if-due --out /etc/mosquitto/fleet.crl"))
    .action((options: CrlOptions) => crl(options, context));
}

function addRollover(made: Command, json: Flag, context: CommandContext): void {
  const source = (): FleetSource => made.opts<FleetSource>();
  made
    .description(
      "Four steps, each of which may be repeated: prepare (the next intermediate, trusted at once), accept (where the " +
        "root is elsewhere), activate (it signs), finish (the former ends). Without one: where things stand.",
    )
    .option(...json)
    .action((options: FleetSource & { json?: boolean }) => rollover(options, context));
  made
    .command("prepare")
    .summary("make the next intermediate")
    .option("--signer <file>", "where its key is, as JSON; default: a new encrypted key file")
    .option("--root-key <file>", "encrypted key file of the root; default: the stack's development root")
    .option("--days <days>", "days that it lives", whole(30, 3650), 1095)
    .action((options: PrepareOptions) => prepare({ ...source(), ...options }, context));
  made
    .command("accept")
    .summary("take an intermediate that the root's keeper has signed")
    .argument("<certificate>", "PEM")
    .requiredOption("--signer <file>", "where its key is, as JSON")
    .action((file: string, options: { signer: string }) =>
      accept(file, { ...source(), ...options }, context),
    );
  made
    .command("activate")
    .summary("let it sign")
    .action(() => activate(source(), context));
  made
    .command("finish")
    .summary("end the trust in the former")
    .action(() => finish(source(), context));
}
