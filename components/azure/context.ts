import { getClientConfigOutput } from "@pulumi/azure-native/authorization/getClientConfig.js";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup.js";
import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import type { Config } from "../../config.ts";
import { createBroker, type Broker } from "./broker.ts";
import { cloudOf, type Cloud } from "./clouds.ts";
import { createKey, createVault, type Key, type KeySource } from "./keys.ts";
import { normalised } from "./locations.ts";
import { createLogs, type Logs } from "./logs.ts";
import { createNetwork, type Network } from "./network.ts";
import type { AzureSettings } from "./settings.ts";

/** Where resources lie. */
export interface AzurePlace {
  readonly group: ResourceGroup;
  /** Normalised: `westeurope`. */
  readonly location: string;
  readonly subscriptionId: Output<string>;
  readonly tenantId: Output<string>;
}

/** What the five Azure components share. The provider is Pulumi's default one: it honours the whole `azure-native:` configuration. */
export interface AzureContext extends AzurePlace {
  readonly settings: AzureSettings;
  readonly cloud: Cloud;
  readonly logs: Logs;
  readonly keys: KeySource;
  /** Everything that is not a zone of the lake: the stream, where functions keep their state. */
  readonly key: Key;
  /** Null in a public network. */
  readonly network: Network | null;
  /** Event Grid's MQTT broker: DeviceFleet tells it whom to admit, SecureIngest what they may do. Null with IoT Hub. */
  readonly broker: Broker | null;
}

/** Built once per stack, as the first resources of the plan. */
export function createContext(config: Config, opts: ComponentResourceOptions = {}): AzureContext {
  const { environment, protect, key: ownership, region, azure: settings } = config;
  if (region === null)
    throw new Error("azure-native:location: received nothing; readConfig lets no such configuration through");
  const location = normalised(region);
  const group = new ResourceGroup(`${environment}-group`, { location }, opts);
  const { subscriptionId, tenantId } = getClientConfigOutput(opts);
  const place: AzurePlace = { group, location, subscriptionId, tenantId };
  const child = { ...opts, parent: group };
  const stateful = { ...child, protect, retainOnDelete: protect };
  const logs = createLogs(environment, place, settings, child);
  const network =
    settings.network === "private" ? createNetwork(environment, place, logs, settings, child) : null;
  const vault =
    ownership.kind === "own" ? null : createVault([environment, "keys"], place, logs, settings, stateful);
  const cloud = cloudOf(location);
  if (vault !== null && network !== null)
    network.privateEndpoint(`${environment}-keys`, vault.id, "vault", child);
  const keys: KeySource = { place, ownership, vault, vaultHost: cloud.vault };
  const shared = { ...place, settings, cloud, logs, keys, network };
  return {
    ...shared,
    key: createKey(`${environment}-operations`, "the stream and the functions", keys, stateful),
    broker: settings.ingest === "iothub" ? null : createBroker(environment, shared, child),
  };
}
