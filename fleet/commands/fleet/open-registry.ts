/** The registry of a fleet, where its stack or file says that it is. */
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { cosmosRegistry } from "../../../functions/adapters/cosmos-registry.ts";
import { dynamodbRegistry } from "../../../functions/adapters/dynamodb-registry.ts";
import { Keyring } from "../../../site/seal.ts";
import { ensureKeyFile } from "../../registry/key-file.ts";
import { openLocalRegistry } from "../../registry/local-registry.ts";
import type { FleetRegistry } from "../../registry/registry.ts";
import { awsAccessOf, azureFetchOf } from "./cloud-access.ts";

const tokenKey = z.base64().transform((text) => Buffer.from(text, "base64"));
const beside = { folder: z.string().min(1), keyFolder: z.string().min(1) };

export const registryPlace = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("local"), folder: z.string().min(1), keyFile: z.string().min(1) }),
  z.object({
    ...{ kind: z.literal("aws-dynamodb"), ...beside, tokenKey },
    ...{ region: z.string().min(1), table: z.string().min(1) },
  }),
  z.object({
    ...{ kind: z.literal("azure-cosmos"), ...beside, tokenKey },
    ...{ endpoint: z.url(), database: z.string().min(1), container: z.string().min(1) },
  }),
]);
export type OpenPlace = z.output<typeof registryPlace>;

export interface OpenRegistry {
  readonly registry: FleetRegistry;
  /** On this machine: the registry itself, or what belongs beside one in a cloud; lists. */
  readonly folder: string;
  /** On this machine, for keys of the authority. */
  readonly keyFolder: string;
  /** Authenticates bootstrap tokens. */
  readonly tokenKey: Uint8Array;
}

/** Names of files and folders are relative to `base`. Rejects with CommandError, RegistryError. */
export async function openRegistry(place: OpenPlace, base: string): Promise<OpenRegistry> {
  const folder = resolve(base, place.folder);
  const keyFolder =
    place.kind === "local" ? dirname(resolve(base, place.keyFile)) : resolve(base, place.keyFolder);
  for (const one of [folder, keyFolder]) await mkdir(one, { recursive: true, mode: 0o700 });
  switch (place.kind) {
    case "local": {
      const keyFile = resolve(base, place.keyFile);
      await ensureKeyFile(keyFile);
      const keyring = Keyring.fromFile(keyFile);
      const registry = await openLocalRegistry({ folder, sealing: keyring.key("registry") });
      return { registry, folder, keyFolder, tokenKey: keyring.key("bootstrap tokens").bytes };
    }
    case "aws-dynamodb": {
      const { table, region } = place;
      const registry = dynamodbRegistry(awsAccessOf("the registry in DynamoDB", region), table);
      return { registry, folder, keyFolder, tokenKey: place.tokenKey };
    }
    case "azure-cosmos": {
      const { endpoint, database, container } = place;
      const registry = cosmosRegistry(azureFetchOf(), { endpoint, database, container });
      return { registry, folder, keyFolder, tokenKey: place.tokenKey };
    }
  }
}
