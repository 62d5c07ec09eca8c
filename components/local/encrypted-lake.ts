import { interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { EncryptedLakeArgs, EncryptedLakeOutputs } from "../contracts/encrypted-lake.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { encryptedLakeFaults, refuse } from "../shared/validate.ts";
import type { LocalContext } from "./context.ts";
import { lakeKey } from "./keys.ts";
import { SiteModule } from "./resources.ts";

/** Parquet encrypted by DuckDB, sealed log and raw files, under one key file outside the data folder. */
export class EncryptedLake extends FieldlakeComponent implements EncryptedLakeOutputs {
  readonly rawUri: Output<string>;
  readonly curatedUri: Output<string>;
  readonly quarantineUri: Output<string>;
  readonly keyId: Output<string>;
  readonly catalog: Output<string>;
  readonly queryEndpoint: Output<string>;
  readonly exceptions: readonly NamedException[] = [];
  readonly encryption: readonly EncryptionState[];

  constructor(name: string, args: EncryptedLakeArgs, context: LocalContext, opts?: ComponentResourceOptions) {
    const { environment, protect, zones, key } = args;
    super("local", "EncryptedLake", name, { environment, protect, zones, keyOwnership: key.kind }, opts);
    refuse(encryptedLakeFaults(args), this);

    const stateful = { parent: this, protect, retainOnDelete: protect };
    const keyring = lakeKey(name, key, context.folders, stateful);
    const lake = new SiteModule(
      "lake",
      `${name}-lake`,
      context,
      {
        tenant: environment,
        dataFolder: context.folders.data,
        keyFile: keyring.file,
        retentionDays: {
          raw: zones.raw.retentionDays,
          curated: zones.curated.retentionDays,
          quarantine: zones.quarantine.retentionDays,
        },
      },
      stateful,
    );

    const folder = lake.id.apply(() => context.folders.data);
    this.rawUri = interpolate`file://${folder}/lake/raw`;
    this.curatedUri = interpolate`file://${folder}/lake/curated`;
    this.quarantineUri = interpolate`file://${folder}/lake/quarantine`;
    this.keyId = keyring.keyId;
    this.catalog = interpolate`file://${folder}/lake/manifest`;
    this.queryEndpoint = lake.id.apply(() => 'npx fieldlake query "<sql>"');
    this.encryption = [
      sealed("raw messages", "write-once segments", "AES-256-GCM", keyring.keyId),
      sealed("curated rows", "Parquet, zstd", "AES-256-GCM (Parquet modular encryption)", keyring.keyId),
      sealed(
        "quarantine",
        "whole messages with their reason",
        "AES-256-GCM (Parquet modular encryption)",
        keyring.keyId,
      ),
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

const sealed = (name: string, detail: string, atRest: string, keyId: Output<string>): EncryptionState => ({
  component: "EncryptedLake",
  name,
  detail,
  inTransit: null,
  atRest,
  keyId,
});
