/** Commands, options and help texts of `fieldlake fleet`. */
import { Argument, Option, type Command } from "commander";
import { certificateStates, reasonNames, type CertificateState } from "../../registry/model.ts";
import type { RevocationReason } from "../../authority/revocation-list.ts";
import type { CommandContext } from "../context.ts";
import { audit, type AuditOptions } from "./audit.ts";
import { collect, examples, oneOf, whole, type Flag, type MakeCommand } from "./command-options.ts";
import { addIssuing } from "./issuing-commands.ts";
import { copy, type CopyOptions } from "./copy.ts";
import { crl, type CrlOptions } from "./crl.ts";
import { exportCertificates, list, type ExportOptions, type ListOptions } from "./list.ts";
import { revoke, type RevokeOptions } from "./revoke.ts";
import { activate, finish, rollover } from "./rollover.ts";
import { accept, prepare, type PrepareOptions } from "./rollover-prepare.ts";
import { sync, type SyncOptions } from "./sync.ts";
import { fleetStatus, type StatusOptions } from "./status.ts";
import type { FleetSource } from "./open-fleet.ts";

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
  command("sync", "bring a cloud in line with the registry; what a run before has done is not done again")
    .description(
      "aws: revoked certificates are detached, deactivated and, --keep days later, deleted in IoT Core. azure: devices with " +
        "a certificate become enabled clients of the Event Grid namespace, the others are disabled; with --hub and " +
        "--provisioning, devices whose certificates were revoked are disabled in IoT Hub and can't enrol again.",
    )
    .addArgument(new Argument("<cloud>", "which").choices(["aws", "azure"]))
    .option(
      "--region <name>",
      "aws: region of IoT Core; credentials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    )
    .option(
      "--namespace <id>",
      "azure: resource id of the Event Grid namespace; credentials as `az login` has them",
    )
    .option("--hub <host>", "azure: host of an IoT Hub, for the ingest iothub")
    .option("--provisioning <host>", "azure: service endpoint of its provisioning service")
    .option("--keep <days>", "aws: days until a revoked certificate is deleted", whole(0, 3650), 30)
    .option("--per-second <count>", "at most so many a second", whole(1, 1000), 10)
    .option(...json)
    .action((cloud: "aws" | "azure", options: SyncOptions) => sync(cloud, options, context));
  command("copy", "the records of the registry on this machine, into the stack's registry in a cloud")
    .description(
      "Once, when a stack's registry has moved into a cloud: devices, certificates, how they ended, intermediates and lists. " +
        "What is there is not written again: a run that was ended goes on, and a later one brings what is new.",
    )
    .option("--from <folder>", "of the registry; default: the stack's own on this machine")
    .option("--key-file <file>", "that it is sealed under; default: the stack's own")
    .option(...json)
    .addHelpText("after", examples("copy --stack aws-dev"))
    .action((options: CopyOptions) => copy(options, context));
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
