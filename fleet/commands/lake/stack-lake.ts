/** The lake of a stack: where it is, under which key, and how it is reached by the user's own login. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../../../config.ts";
import { localFolders } from "../../../components/local/names.ts";
import { Keyring } from "../../../site/seal.ts";
import type { CloudLake } from "../../lake-copy/cloud-destination.ts";
import type { LocalLake } from "../../lake-copy/local-source.ts";
import { withNamedRights } from "../../lake-copy/named-rights.ts";
import { stackOutputs } from "../../outputs.ts";
import { configOf } from "../../stack-config.ts";
import { storeOf, withoutScheme, zoneOutputs } from "../lake-store.ts";

export interface StackLake {
  readonly stack: string;
  readonly config: Pick<Config, "target" | "environment" | "azure">;
  /** Names it, with its place, on record. */
  readonly name: string;
  readonly local: LocalLake | null;
  readonly cloud: CloudLake | null;
}

/** Throws CommandError. @param project folder of the project */
export async function stackLake(stack: string, project: string): Promise<StackLake> {
  const {
    rawUri: raw,
    curatedUri: curated,
    quarantineUri: quarantine,
  } = await stackOutputs(stack, project, zoneOutputs);
  const config = await configOf(stack, project);
  const places = { raw, curated, quarantine };
  const common = { stack, config, name: `${config.environment} ${curated}` };
  if (config.target === "local") {
    const folders = localFolders(project, stack, config.local);
    const keyFile = config.key.kind === "own" ? config.key.reference : join(folders.keys, "lake.key");
    const dataFolder = join(fileURLToPath(raw), "..", "..");
    const keyring = Keyring.fromFile(keyFile);
    return { ...common, local: { dataFolder, keyring, tenant: config.environment }, cloud: null };
  }
  const cloud = { places: withoutScheme(places), ...storeOf(config, "lake copy") };
  return { ...common, local: null, cloud: withNamedRights(cloud, config.target, stack) };
}
