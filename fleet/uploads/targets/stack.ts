/** Where files for a stack in a cloud go, by what the stack says of itself. */
import { join } from "node:path";
import { z } from "zod";
import type { CommandContext } from "../../commands/context.ts";
import { awsAccessOf, azureFetchOf } from "../../commands/fleet/cloud-access.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { stackOutputs } from "../../outputs.ts";
import type { BulkTarget, Committed } from "../bulk.ts";
import { uploadNotes } from "../notes.ts";
import { signatures } from "./blob-sas.ts";
import { blobTarget } from "./blob.ts";
import { presignFor } from "./presign.ts";
import { s3Target } from "./s3.ts";

const outputs = z.object({ rawUri: z.string() });

/** Throws {@link CommandError} where there is no such stack, or no credentials for its cloud. */
export async function stackTarget(
  stack: string,
  { folders }: Pick<CommandContext, "folders">,
): Promise<BulkTarget<Committed>> {
  const { rawUri } = await stackOutputs(stack, folders.project, outputs);
  return rawZoneTarget(rawUri, join(folders.local, "uploads", stack));
}

/** @param notes folder for what is under way */
export function rawZoneTarget(rawUri: string, notes: string): BulkTarget<Committed> {
  const { protocol, hostname, href } = new URL(rawUri);
  if (protocol === "s3:") {
    const { address } = awsAccessOf("upload", undefined);
    const presign = presignFor(address("s3", hostname), process.env);
    return s3Target({ bucket: hostname, presign, notes: uploadNotes(notes) });
  }
  if (protocol === "https:" && hostname.includes(".blob.")) {
    const container = href.replace(/\/$/, "");
    const fetch = azureFetchOf();
    return blobTarget({ container, fetch, sign: signatures(container, fetch) });
  }
  throw new CommandError(
    `files can't be sent to ${rawUri}: allowed are the raw zones of S3 and Azure Blob`,
    exitCodes.usage,
    "without --target they go to the site on this machine",
  );
}
