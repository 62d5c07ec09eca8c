/** The decoder bundle, the same file that the clouds run: checked before it is loaded. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Decoder } from "../../functions/core/decoder.ts";
import type { HandlerConfig } from "../../functions/handlers/local.ts";
import type { DecoderSettings } from "../settings.ts";

/** The bundle is missing, is not the one of the settings, or takes the profiles and bindings for wrong. */
export class DecoderBundleError extends Error {
  override readonly name = "DecoderBundleError";
}

interface DecoderModule {
  createHandler(config: HandlerConfig): Decoder;
}

/** Throws {@link DecoderBundleError} with what to do. */
export async function loadDecoder(settings: DecoderSettings, tenant: string): Promise<Decoder> {
  const { file, sha256 } = settings.bundle;
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DecoderBundleError(
      `decoder bundle ${file} cannot be read (${code}): deploy again, which builds it`,
    );
  }
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) {
    throw new DecoderBundleError(
      `decoder bundle ${file} has SHA-256 ${found}, expected ${sha256}: it was changed after it was built; deploy again`,
    );
  }
  // The query makes another version of the same path another module.
  const bundle = (await import(`${pathToFileURL(file).href}?${sha256}`)) as DecoderModule;
  try {
    return bundle.createHandler({
      // Both were validated against the profile schema when the environment was composed.
      profiles: settings.profiles as HandlerConfig["profiles"],
      bindings: settings.bindings as HandlerConfig["bindings"],
      tenant,
      options: { clockWindow: settings.clockWindow },
    });
  } catch (error) {
    throw new DecoderBundleError(`profiles or bindings: ${(error as Error).message}`, { cause: error });
  }
}
