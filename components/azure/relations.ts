/** What holds between the keys of an Azure environment's configuration, beyond what each may be by itself. */
import type { KeyOwnership } from "../contracts/encrypted-lake.ts";
import { azureQuotas } from "../shared/default-quotas.ts";
import { enrolmentFaults, fleetRegistryFaults } from "./fleet-registry-settings.ts";
import { locationFaults } from "./locations.ts";
import { keyId } from "./key-reference.ts";
import { serverlessSqlFaults } from "./serverless-sql-settings.ts";
import type { AzureSettings } from "./settings.ts";

/** The parts of a configuration that {@link azureFaults} relates. */
export interface AzureRelated {
  readonly zones: { readonly raw: { readonly retentionDays: number } };
  readonly key: KeyOwnership;
  readonly load: { readonly devices: number };
  readonly azure: AzureSettings;
}

/** Clients that one throughput unit of an Event Grid namespace takes. */
const clientsPerUnit = azureQuotas.eventGridClients.limit;
const standardRetentionHours = 168;
const standardPartitions = 32;

/** What holds between keys of the azure target. @param location of the provider, `azure-native:location` */
export function azureFaults(config: AzureRelated, location: string | undefined): string[] {
  return [
    ...locationFaults(location, config.azure.replicaLocation),
    ...keyFaults(config),
    ...lakeFaults(config),
    ...streamFaults(config),
    ...clientFaults(config),
    ...fleetRegistryFaults(config.azure),
    ...enrolmentFaults(config.azure),
    ...serverlessSqlFaults(config.azure),
  ];
}

function keyFaults({ key }: AzureRelated): string[] {
  if (key.kind !== "own" || keyId.test(key.reference)) return [];
  return [
    `fieldlake:key.reference: received "${key.reference}"; allowed: the resource id of a Key Vault key without a version (/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<vault>/keys/<key>)`,
  ];
}

function lakeFaults({ zones, azure }: AzureRelated): string[] {
  const { hierarchicalNamespace, replicaLocation, writeOnce, redundancy } = azure;
  const { retentionDays } = zones.raw;
  return [
    ...(hierarchicalNamespace && replicaLocation !== undefined
      ? [
          `fieldlake:azure.replicaLocation: received "${replicaLocation}"; allowed with fieldlake:azure.hierarchicalNamespace: nothing, object replication takes flat accounts only`,
        ]
      : []),
    ...(redundancy === "GZRS" && replicaLocation !== undefined
      ? [
          `fieldlake:azure.replicaLocation: received "${replicaLocation}"; allowed with fieldlake:azure.redundancy GZRS: nothing, Azure copies to the paired region already`,
        ]
      : []),
    ...(writeOnce.replicaMode !== undefined && replicaLocation === undefined
      ? [
          `fieldlake:azure.writeOnce.replicaMode: received "${writeOnce.replicaMode}"; allowed without fieldlake:azure.replicaLocation: nothing, there is no copy`,
        ]
      : []),
    ...(retentionDays > 0 && retentionDays < writeOnce.days
      ? [
          `fieldlake:zones.raw.retentionDays: received ${retentionDays}; allowed: 0 (for ever) or at least fieldlake:azure.writeOnce.days (${writeOnce.days})`,
        ]
      : []),
  ];
}

function streamFaults({ azure: { eventHubs } }: AzureRelated): string[] {
  const { tier, customerKey, retentionHours, partitions, units, maximumUnits } = eventHubs;
  const standard = tier === "standard";
  return [
    ...(customerKey && standard
      ? [
          "fieldlake:azure.eventHubs.customerKey: received true; allowed with tier standard: false, only the premium tier takes a key of yours (set fieldlake:azure.eventHubs.tier to premium)",
        ]
      : []),
    ...(standard && retentionHours > standardRetentionHours
      ? [
          `fieldlake:azure.eventHubs.retentionHours: received ${retentionHours}; allowed with tier standard: at most ${standardRetentionHours}`,
        ]
      : []),
    ...(standard && partitions !== undefined && partitions > standardPartitions
      ? [
          `fieldlake:azure.eventHubs.partitions: received ${partitions}; allowed with tier standard: at most ${standardPartitions}`,
        ]
      : []),
    ...(!standard && ![1, 2, 4, 6, 8, 10, 12, 16].includes(units)
      ? [
          `fieldlake:azure.eventHubs.units: received ${units}; allowed with tier premium: 1, 2, 4, 6, 8, 10, 12, 16`,
        ]
      : []),
    ...(standard && maximumUnits < units
      ? [
          `fieldlake:azure.eventHubs.maximumUnits: received ${maximumUnits}; allowed: at least fieldlake:azure.eventHubs.units (${units})`,
        ]
      : []),
  ];
}

function clientFaults({ load, azure: { throughputUnits, ingest, admission } }: AzureRelated): string[] {
  if (ingest === "iothub") {
    return [
      ...hubFaults(load.devices),
      ...(admission.kind === "webhook"
        ? [
            'fieldlake:azure.admission.kind: received "webhook"; allowed with fieldlake:azure.ingest iothub: registered, its provisioning service admits by who signed',
          ]
        : []),
    ];
  }
  const most = throughputUnits * clientsPerUnit;
  return load.devices > most
    ? [
        `fieldlake:load.devices: received ${load.devices}; allowed with fieldlake:azure.throughputUnits ${throughputUnits}: at most ${most} clients (set throughputUnits to at least ${Math.ceil(load.devices / clientsPerUnit)}; Azure grants 40)`,
      ]
    : [];
}

/** Identities of one hub (learn.microsoft.com, "IoT Hub quotas and throttling"). */
const hubDevices = 1_000_000;

function hubFaults(devices: number): string[] {
  return devices > hubDevices
    ? [
        `fieldlake:load.devices: received ${devices}; allowed with fieldlake:azure.ingest iothub: at most ${hubDevices}, what one hub takes`,
      ]
    : [];
}
