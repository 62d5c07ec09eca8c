import { interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import {
  zones as zoneNames,
  type EncryptedLakeArgs,
  type EncryptedLakeOutputs,
} from "../contracts/encrypted-lake.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { encryptedLakeFaults, refuse } from "../shared/validate.ts";
import { createCatalog, encryptCatalog, type Catalog } from "./catalog.ts";
import type { AwsContext } from "./context.ts";
import { createIcebergTables } from "./iceberg.ts";
import { governByLakeFormation } from "./lake-formation.ts";
import { createQueries, createQueryRole, createWorkgroup } from "./query.ts";
import { createReplica } from "./replica.ts";
import { createZones, zoneUri, type Zones } from "./zones.ts";

const atRest = "AES-256 (SSE-KMS, bucket key)";
const inTransit = "TLS 1.2 or later, else denied";

/** A bucket and key per zone, the one row schema in Glue with projected partitions, Athena beside it. */
export class EncryptedLake extends FieldlakeComponent implements EncryptedLakeOutputs {
  readonly rawUri: Output<string>;
  readonly curatedUri: Output<string>;
  readonly quarantineUri: Output<string>;
  readonly keyId: Output<string>;
  readonly catalog: Output<string>;
  readonly queryEndpoint: Output<string>;
  readonly encryption: readonly EncryptionState[];
  readonly exceptions: readonly NamedException[];
  /** For the other AWS components. */
  readonly queryHint: Output<string>;
  readonly zones: Zones;
  /** Days that files of the curated zone are kept; 0: for ever. */
  readonly curatedDays: number;
  readonly tables: Catalog;

  constructor(name: string, args: EncryptedLakeArgs, context: AwsContext, opts?: ComponentResourceOptions) {
    const { environment, protect, zones, key } = args;
    const { settings } = context;
    super(
      "aws",
      "EncryptedLake",
      name,
      { environment, protect, zones, keyOwnership: key.kind, ...options(settings) },
      opts,
    );
    refuse(encryptedLakeFaults(args), this);

    const child = { parent: this };
    const stateful = { ...child, protect, retainOnDelete: protect };
    this.curatedDays = zones.curated.retentionDays;
    this.zones = createZones(name, args, context, stateful);
    const { raw, curated, quarantine, results, accessLog } = this.zones;
    this.tables = createCatalog(
      name,
      environment,
      { curated: curated.name, quarantine: quarantine.name },
      child,
    );
    const { database } = this.tables;
    const workgroup = createWorkgroup(name, this.zones, context, !protect, child);
    createQueries(name, workgroup, database, child);
    const reader = createQueryRole(name, this.zones, workgroup, database, context, child);
    if (settings.governance === "lake-formation") {
      governByLakeFormation(name, this.zones, database, reader, context, child);
    }
    if (settings.catalogKey) encryptCatalog(name, curated.keyArn, child);
    if (settings.tableFormat === "iceberg") {
      const source = { environment, zones: this.zones, database, workgroup, forceDestroy: !protect };
      createIcebergTables(name, source, context, stateful);
    }
    const { replicaRegion: region } = settings;
    const { retentionDays } = zones.raw;
    const replica =
      region === undefined
        ? null
        : createReplica(name, raw, { region, retentionDays, isProtected: protect }, context, stateful);

    this.rawUri = zoneUri(raw);
    this.curatedUri = zoneUri(curated);
    this.quarantineUri = zoneUri(quarantine);
    this.keyId = curated.keyArn;
    this.catalog = interpolate`glue://${database.name}`;
    this.queryEndpoint = interpolate`athena://${workgroup.name}/${database.name}?role=${reader.name}`;
    this.queryHint = interpolate`as role ${reader.name}: aws athena start-query-execution --work-group ${workgroup.name} --query-execution-context Database=${database.name} --query-string "<sql>"`;
    this.encryption = [
      ...zoneNames.map((zone) => stored(`${zone} zone`, this.zones[zone].name, this.zones[zone].keyArn)),
      stored("query results", results.name, results.keyArn),
      ...(replica === null ? [] : [stored(`raw zone in ${region}`, replica.name, replica.keyArn)]),
      { ...stored("access log", accessLog.bucket, null), atRest: "AES-256 (SSE-S3)" },
    ];
    this.exceptions = [
      accessLogException(`${name}-access-log`),
      ...(replica === null ? [] : [accessLogException(`${name}-copy-log`)]),
      ...(settings.catalogKey ? [] : [catalogException(name)]),
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
  tableFormat,
  governance,
  replicaRegion,
  writeOnce,
  catalogKey,
}: AwsContext["settings"]) => ({
  tableFormat,
  governance,
  writeOnce,
  catalogKey,
  ...(replicaRegion === undefined ? {} : { replicaRegion }),
});

const stored = (name: string, bucket: Output<string>, keyId: Output<string> | null): EncryptionState => ({
  component: "EncryptedLake",
  name,
  detail: interpolate`s3://${bucket}`,
  inTransit,
  atRest,
  keyId,
});

const accessLogException = (resource: string): NamedException => ({
  rule: "aws-s3-require-customer-key",
  resource,
  reason: "S3 delivers server access logs only to buckets under its own key (SSE-S3)",
  compensatingControl:
    "the logs hold names and addresses, no measurement; the bucket is private, TLS only, versioned",
});

const catalogException = (resource: string): NamedException => ({
  rule: "aws-glue-keep-settings",
  resource,
  reason: "catalogue encryption is one setting of the whole account and region, so it is not changed unasked",
  compensatingControl:
    "the catalogue holds table definitions, no measurement; set fieldlake:aws.catalogKey to true",
});
