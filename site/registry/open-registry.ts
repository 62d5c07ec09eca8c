import { openLocalRegistry } from "../../fleet/registry/local-registry.ts";
import type { Logger } from "../logger.ts";
import type { Keyring } from "../seal.ts";
import type { RegistrySettings } from "../settings.ts";
import { FleetBook } from "./fleet-book.ts";

export interface OpenRegistry {
  readonly settings: RegistrySettings;
  /** `null` where the settings name no folder. */
  readonly book: FleetBook | null;
}

/** Rejects where the folder is damaged or sealed under another key. */
export async function openRegistry(
  settings: RegistrySettings,
  keyring: Keyring,
  logger: Logger,
): Promise<OpenRegistry> {
  const { folder } = settings;
  if (folder === undefined) return { settings, book: null };
  const registry = await openLocalRegistry({ folder, sealing: keyring.key("registry") });
  return { settings, book: new FleetBook({ registry, logger }) };
}
