/** Passphrases and PINs: from the environment, a file or the keyboard; never from an argument, which others can see. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { shortestPassphrase } from "../../authority/signers/key-file.ts";
import type { SecretSource } from "../../authority/signers/open.ts";
import { CommandError, exitCodes, interrupted } from "../../errors.ts";
import type { CommandContext } from "../context.ts";

const variables = { passphrase: "FIELDLAKE_KEY_PASSPHRASE", PIN: "FIELDLAKE_KEY_PIN" } as const;

/** Of the authority's key. */
export function authoritySecrets({ terminal, signal }: CommandContext): SecretSource {
  return async (what, of) => {
    const given = process.env[variables[what]];
    if (given !== undefined && given !== "") return given;
    if (terminal.isInteractive) return ask(`${what} of ${of}: `, signal);
    throw new CommandError(
      `the ${what} of ${of} is needed, and there is no terminal to ask at`,
      exitCodes.usage,
      `set ${variables[what]} in the environment of this command`,
    );
  };
}

/** For the devices' key stores: from `file`, or typed twice. Rejects with {@link CommandError}. */
export async function keyStorePassphrase(
  file: string | undefined,
  { terminal, signal }: CommandContext,
): Promise<string> {
  const passphrase =
    file === undefined ? await typedTwice(terminal.isInteractive, signal) : readFirstLine(file);
  if (passphrase.length >= shortestPassphrase) return passphrase;
  throw new CommandError(
    `the passphrase: received ${passphrase.length} characters; allowed: at least ${shortestPassphrase}`,
    exitCodes.usage,
  );
}

async function typedTwice(isInteractive: boolean, signal: AbortSignal): Promise<string> {
  if (!isInteractive) {
    throw new CommandError(
      "key stores need a passphrase, and there is no terminal to ask at",
      exitCodes.usage,
      "--passphrase-file <file> names a file with it",
    );
  }
  const first = await ask("passphrase of the key stores: ", signal);
  if ((await ask("once more: ", signal)) === first) return first;
  throw new CommandError("the passphrases differ", exitCodes.usage, "nothing was made");
}

function readFirstLine(file: string): string {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[0] ?? "";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`--passphrase-file ${file} can't be read (${code})`, exitCodes.usage);
  }
}

/** What is typed does not show. */
function ask(question: string, signal: AbortSignal): Promise<string> {
  process.stdout.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  signal.addEventListener("abort", () => reject(interrupted()), { once: true });
  lines.on("SIGINT", () => reject(interrupted()));
  lines.question("", resolve);
  return promise.finally(() => {
    lines.close();
    process.stdout.write("\n");
  });
}
