/**
 * Properties that can't be changed on an existing Azure resource, beyond its path and place and what the SDK's
 * documentation says. Sources: pulumi/pulumi-azure-native, provider/pkg/gen/replacement.go; learn.microsoft.com for
 * what Azure itself refuses to change (storage: "Infrastructure encryption", "NFS 3.0"; Event Hubs: "partitions";
 * Cosmos DB: "partition key").
 */

/** By `module/Class`. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  "authorization/RoleAssignment": ["principalId", "roleDefinitionId"],
  "cosmosdb/SqlResourceSqlContainer": ["resource.partitionKey"],
  "cosmosdb/SqlResourceSqlRoleAssignment": ["principalId", "scope"],
  "network/PrivateEndpoint": ["subnet"],
  "network/PublicIPAddress": ["publicIPAddressVersion", "publicIPPrefix", "sku"],
  "servicebus/Queue": ["requiresDuplicateDetection", "requiresSession", "enablePartitioning"],
  "servicebus/Topic": ["requiresDuplicateDetection", "requiresSession", "enablePartitioning"],
  "storage/StorageAccount": [
    "dnsEndpointType",
    "enableNfsV3",
    "encryption.requireInfrastructureEncryption",
    "isHnsEnabled",
  ],
  "web/WebApp": ["kind"],
};

/**
 * Properties that the real provider changes in place although their documentation calls them immutable: an account's
 * immutability can't be switched on later, but its policy is locked and lengthened (no `x-ms-mutability` in
 * Microsoft.Storage 2024-01-01, nothing in replacement.go).
 */
const changeable: ReadonlySet<string> = new Set(["storage/StorageAccount.immutableStorageWithVersioning"]);

/**
 * Whether a change of a property replaces a resource; null where its documentation decides.
 * @param kind `module/Class`
 * @param pathParts inputs that are parts of the resource's id
 * @param path of the property, without positions in lists
 */
export const replacesResource = (
  kind: string,
  pathParts: readonly string[],
  path: string,
): boolean | null => {
  if (changeable.has(`${kind}.${path}`)) return false;
  return path === "location" || pathParts.includes(path) || immutable[kind]?.includes(path) ? true : null;
};

/** Azure does not mind capitals and spaces in the name of a location: `West Europe` is `westeurope`. */
export const sameLocation = (path: string, old: unknown, next: unknown): boolean =>
  path === "location" &&
  typeof old === "string" &&
  typeof next === "string" &&
  normalLocation(old) === normalLocation(next);

const normalLocation = (location: string): string => location.toLowerCase().replaceAll(" ", "");
