import { SqlResourceSqlContainer } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js";
import { RandomBytes } from "@pulumi/random";
import { all, secret, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { fleetContainer, latestDatabase } from "../../functions/azure-agreements.ts";
import type { RegistryPlace } from "../contracts/registry-place.ts";
import { besideStack } from "../shared/certificates.ts";
import type { AzureContext } from "./context.ts";
import { createCosmosDatabase, type CosmosDatabase } from "./cosmos-account.ts";
import { byIdAlone } from "./item-container.ts";
import { createKey, type Key } from "./keys.ts";

export interface FleetRegistry extends CosmosDatabase {
  readonly key: Key;
  readonly place: Output<RegistryPlace>;
  /** Base64: authenticates bootstrap tokens. A secret. */
  readonly tokenKey: Output<string>;
}

const tokenKeyBytes = 32;

/** Devices, certificates and how these end: of a fleet's things the one that can't be made again. */
export function createFleetRegistry(
  name: string,
  isProtected: boolean,
  context: AzureContext,
  opts: CustomResourceOptions,
): FleetRegistry {
  const stateful = { ...opts, protect: isProtected, retainOnDelete: isProtected };
  const key = createKey(`${name}-registry`, "the fleet's registry", context.keys, stateful);
  const { account, database } = createCosmosDatabase(name, "registry", key, context, stateful);
  new SqlResourceSqlContainer(
    `${name}-registry-${fleetContainer.name}`,
    {
      resourceGroupName: context.group.name,
      accountName: account.name,
      databaseName: database.name,
      containerName: fleetContainer.name,
      resource: {
        id: fleetContainer.name,
        partitionKey: { kind: "Hash", paths: [`/${fleetContainer.partition}`], version: 2 },
        indexingPolicy: byIdAlone,
      },
    },
    { ...stateful, parent: database },
  );
  const tokenKey = new RandomBytes(`${name}-token-key`, { length: tokenKeyBytes }, opts);
  const place = secret(
    all([account.documentEndpoint, tokenKey.base64]).apply(([endpoint, base64]): RegistryPlace => ({
      kind: "azure-cosmos",
      ...{ endpoint, database: latestDatabase, container: fleetContainer.name, tokenKey: base64 },
      ...besideStack(),
    })),
  );
  return { account, database, key, place, tokenKey: tokenKey.base64 };
}
