/** Commands that give devices their certificates: issue, renew, token, bundle. */
import { Option, type Command } from "commander";
import { certificateDays } from "../../authority/issuer.ts";
import { tokenDays } from "../../est/token.ts";
import type { CommandContext } from "../context.ts";
import { bundle, bundleForms, type BundleOptions } from "./bundle.ts";
import { collect, examples, whole, type Flag, type MakeCommand } from "./command-options.ts";
import { issue, type IssueOptions } from "./issue.ts";
import { token, type TokenOptions } from "./token.ts";

export function addIssuing(command: MakeCommand, json: Flag, context: CommandContext): void {
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
