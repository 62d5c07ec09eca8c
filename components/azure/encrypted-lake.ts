import { interpolate, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import {
  zones as zoneNames,
  type EncryptedLakeArgs,
  type EncryptedLakeOutputs,
} from "../contracts/encrypted-lake.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { encryptedLakeFaults, refuse } from "../shared/validate.ts";
import type { AzureContext } from "./context.ts";
import type { Principal } from "./identities.ts";
import { createReader, duckDbHint } from "./query.ts";
import { createReplica } from "./replica.ts";
import { createSqlWorkspace } from "./sql-workspace.ts";
import { createBlobAdder } from "./roles.ts";
import { createZones, type Zones } from "./zones.ts";

const atRest = "AES-256 (customer key), and once more by infrastructure encryption";
const inTransit = "TLS 1.2 or later, HTTPS only";

/** A storage account and key per zone, write-once raw, and an identity that may read what is answered from. */
export class EncryptedLake extends FieldlakeComponent implements EncryptedLakeOutputs {
  readonly rawUri: Output<string>;
  readonly curatedUri: Output<string>;
  readonly quarantineUri: Output<string>;
  readonly keyId: Output<string>;
  readonly catalog: Output<string>;
  readonly queryEndpoint: Output<string>;
  readonly encryption: readonly EncryptionState[];
  readonly exceptions: readonly NamedException[];
  /** For the other Azure components. */
  readonly zones: Zones;
  readonly blobAdder: RoleDefinition;
  readonly queryHint: Output<string>;
  /** Days that files of the curated zone are kept; 0: for ever. */
  readonly curatedDays: number;
  /** Who may read what SQL is about, and nothing else. */
  readonly reader: Principal;
  readonly readerRights: readonly Resource[];

  constructor(name: string, args: EncryptedLakeArgs, context: AzureContext, opts?: ComponentResourceOptions) {
    const { environment, protect, zones, key } = args;
    const { settings } = context;
    super(
      "azure",
      "EncryptedLake",
      name,
      { environment, protect, zones, keyOwnership: key.kind, ...options(settings) },
      opts,
    );
    refuse(encryptedLakeFaults(args), this);

    const child = { parent: this };
    const stateful = { ...child, protect, retainOnDelete: protect };
    this.zones = createZones(name, args, context, stateful);
    this.blobAdder = createBlobAdder(name, context, child);
    const { raw, curated, quarantine } = this.zones;
    const { replicaLocation: location } = settings;
    const { retentionDays } = zones.raw;
    const replica =
      location === undefined
        ? null
        : createReplica(name, raw, { environment, location, retentionDays }, context, stateful);
    this.curatedDays = zones.curated.retentionDays;
    const { identity: reader, rights } = createReader(name, this.zones, context, child);
    this.reader = reader;
    this.readerRights = rights;

    this.rawUri = raw.container;
    this.curatedUri = curated.container;
    this.quarantineUri = quarantine.container;
    this.keyId = curated.keyUri;
    this.catalog = interpolate`${curated.container}/_manifest`;
    const { serverlessSql: sql } = settings;
    const workspace =
      sql === undefined
        ? null
        : createSqlWorkspace(name, { environment, zones: this.zones, sql }, context, stateful);
    this.queryEndpoint =
      workspace?.host ?? interpolate`duckdb+${curated.container}?identity=${reader.clientId}`;
    this.queryHint = workspace?.script ?? duckDbHint(this.zones);
    this.encryption = [
      ...zoneNames.map((zone) => stored(`${zone} zone`, this.zones[zone].container, this.zones[zone].keyUri)),
      ...(replica === null
        ? []
        : [stored(`raw zone in ${location}`, replica.storage.endpoint, replica.keyUri)]),
      ...(workspace === null
        ? []
        : [
            {
              component: "EncryptedLake" as const,
              name: "SQL workspace",
              detail: workspace.host,
              inTransit: "TLS 1.2 or later, Entra identities only",
              atRest: "AES-256 (Azure's key), and once more under the customer key",
              keyId: context.key.uri,
            },
          ]),
    ];
    this.exceptions = [
      workspaceException(name),
      ...(settings.hierarchicalNamespace ? [hierarchyException(name)] : []),
    ];
    this.registerOutputs({
      rawUri: this.rawUri,
      curatedUri: this.curatedUri,
      quarantineUri: this.quarantineUri,
      keyId: this.keyId,
      catalog: this.catalog,
      queryEndpoint: this.queryEndpoint,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

/** What decides about existence, for policies and diffs to see. */
const options = ({
  hierarchicalNamespace,
  redundancy,
  replicaLocation,
  writeOnce,
  serverlessSql,
}: AzureContext["settings"]) => ({
  hierarchicalNamespace,
  redundancy,
  writeOnce,
  ...(replicaLocation === undefined ? {} : { replicaLocation }),
  ...(serverlessSql === undefined ? {} : { serverlessSql: true }),
});

const stored = (name: string, at: Output<string>, keyId: Output<string>): EncryptionState => ({
  component: "EncryptedLake",
  name,
  detail: at,
  inTransit,
  atRest,
  keyId,
});

const workspaceException = (resource: string): NamedException => ({
  rule: "azure-operationalinsights-require-customer-key",
  resource: `${resource}-logs`,
  reason:
    "a Log Analytics workspace takes a customer's key only in a dedicated cluster of 100 GB a day and more",
  compensatingControl:
    "logs hold names, addresses and counts, no measurement; they are encrypted under Azure's key",
});

const hierarchyException = (resource: string): NamedException => ({
  rule: "azure-storage-require-write-once",
  resource: `${resource}-raw`,
  reason: "a hierarchical account keeps no versions, no change feed and no version-level immutability",
  compensatingControl:
    "the decoder may add blobs and neither replace nor delete them; deleted blobs can be had back for 30 days",
});
