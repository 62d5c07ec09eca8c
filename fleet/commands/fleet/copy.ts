/** `fieldlake fleet copy`: the records of a registry on a machine, into the stack's registry in a cloud. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Keyring } from "../../../site/seal.ts";
import { CommandError, exitCodes, interrupted } from "../../errors.ts";
import { copyRegistry, type Copied } from "../../registry/copy.ts";
import { segmentNumbers } from "../../registry/journal.ts";
import { noteCopied } from "../../registry/left-behind.ts";
import { LocalRegistry, openLocalRegistry } from "../../registry/local-registry.ts";
import { count, counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { withFleet, type Fleet, type FleetSource } from "./open-fleet.ts";

export interface CopyOptions extends FleetSource {
  /** Folder of the registry on this machine. */
  readonly from?: string;
  readonly keyFile?: string;
  readonly json?: boolean;
}

/** Rejects with {@link CommandError}; what was copied stays, and the same command goes on. */
export async function copy(options: CopyOptions, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  await withFleet(options, context, async (fleet) => {
    const { folder, keyFile } = source(options, fleet);
    const sealing = Keyring.fromFile(keyFile).key("registry");
    const from = await openLocalRegistry({ folder, sealing });
    try {
      const step = progress(context);
      const copied = await copyRegistry({ from, to: fleet.registry, signal, step }).catch(
        (error: unknown) => {
          if (signal.aborted) throw interrupted();
          throw error;
        },
      );
      if (copied.refused.length === 0) noteCopied(folder, fleet.registry.description);
      tell(copied, options, { fleet, context });
    } finally {
      await from.close();
    }
  });
  if (signal.aborted) terminal.note("the same command goes on where it was");
}

function source(options: CopyOptions, fleet: Fleet): { readonly folder: string; readonly keyFile: string } {
  const folder = options.from === undefined ? fleet.folder : resolve(options.from);
  const keyFile =
    options.keyFile === undefined ? join(fleet.keyFolder, "fleet.key") : resolve(options.keyFile);
  if (fleet.registry instanceof LocalRegistry && resolve(fleet.registry.folder) === resolve(folder)) {
    throw new CommandError(
      `the fleet's registry is the one in ${folder} itself: there is nothing to copy`,
      exitCodes.usage,
      "a stack's registry is in a cloud with fieldlake:aws.enrolment, fieldlake:azure.enrolment or fieldlake:azure.fleetRegistry",
    );
  }
  if (!existsSync(folder) || segmentNumbers(folder).length === 0)
    throw new CommandError(`--from: there is no registry in ${folder}`, exitCodes.usage);
  if (!existsSync(keyFile)) {
    throw new CommandError(
      `--key-file: there is no file ${keyFile}`,
      exitCodes.usage,
      "the registry is sealed under the key that lay beside it",
    );
  }
  return { folder, keyFile };
}

const lineIntervalMs = 5_000;

/** A line now and then. */
function progress({ terminal }: CommandContext): (looked: number) => void {
  let [all, saidAt] = [0, performance.now()];
  return (looked) => {
    all += looked;
    if (performance.now() - saidAt < lineIntervalMs) return;
    saidAt = performance.now();
    terminal.note(`  ${count(all)} records`);
  };
}

function tell(
  copied: Copied,
  { json }: CopyOptions,
  { fleet, context: { terminal } }: { readonly fleet: Fleet; readonly context: CommandContext },
): void {
  const { devices, certificates, updated, invitations, refused } = copied;
  if (json === true) terminal.write(`${JSON.stringify(copied, null, 2)}\n`);
  else {
    terminal.print(
      `${counted(devices, "device")} and ${counted(certificates, "certificate")} copied, ${count(updated)} updated; ${fleet.registry.description} has the rest already`,
    );
  }
  if (invitations > 0) {
    terminal.note(
      `${counted(invitations, "token")} of the former registry end with it: make them anew (npx fieldlake fleet token)`,
    );
  }
  if (refused.length === 0) return;
  throw new CommandError(
    `${counted(refused.length, "certificate")} not copied`,
    exitCodes.failed,
    ...refused,
  );
}
