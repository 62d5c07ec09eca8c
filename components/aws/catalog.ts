import { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase.js";
import { CatalogTable } from "@pulumi/aws/glue/catalogTable.js";
import { DataCatalogEncryptionSettings } from "@pulumi/aws/glue/dataCatalogEncryptionSettings.js";
import { interpolate, output, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import {
  athenaViews,
  byDay,
  byHour,
  glueType,
  projection,
  type AthenaView,
} from "../../functions/core/athena.ts";
import { quarantineTable, readingsTable, type TableSchema } from "../../functions/core/table.ts";
import { physicalName } from "../shared/naming.ts";
import { nameRules } from "./names.ts";

const parquet = {
  inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  serDeInfo: {
    serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    parameters: { "serialization.format": "1" },
  },
};

export interface Catalog {
  readonly database: CatalogDatabase;
  readonly readings: CatalogTable;
}

/** The database with the one row schema, its quarantine and its views; frame tables join with their profiles. */
export function createCatalog(
  name: string,
  environment: string,
  buckets: { readonly curated: Input<string>; readonly quarantine: Input<string> },
  opts: CustomResourceOptions,
): Catalog {
  const database = new CatalogDatabase(
    `${name}-catalog`,
    {
      name: physicalName(nameRules.database, environment, "lake"),
      description: `Fieldlake: rows of ${environment}`,
    },
    opts,
  );
  const child = { ...opts, parent: database };
  const readings = lakeTable(`${name}-readings`, database, buckets.curated, readingsTable, child);
  lakeTable(`${name}-quarantined`, database, buckets.quarantine, quarantineTable, child);
  for (const view of athenaViews())
    createView(`${name}-view-${view.name.replaceAll("_", "-")}`, database, view, child);
  return { database, readings };
}

/** A table of a zone, partitioned by the hour that its schema names. @param folder that its own folder is in: empty, or ends with `/` */
export function lakeTable(
  name: string,
  database: CatalogDatabase,
  bucket: Input<string>,
  table: TableSchema,
  opts: CustomResourceOptions,
  folder = "",
): CatalogTable {
  const location = interpolate`s3://${bucket}/${folder}${table.name}/`;
  const keys = [byDay, byHour];
  return new CatalogTable(
    name,
    {
      databaseName: database.name,
      name: table.name,
      description: table.doc,
      tableType: "EXTERNAL_TABLE",
      partitionKeys: keys.map((key) => ({ name: key.name, type: key.type })),
      parameters: location.apply((at) => ({ ...projection(at, keys), classification: "parquet" })),
      storageDescriptor: {
        location,
        columns: table.columns.map((column) => ({
          name: column.name,
          type: glueType(column),
          comment: column.doc,
        })),
        ...parquet,
      },
    },
    opts,
  );
}

/** How Athena itself stores a view: the statement and its columns as base64 JSON in a comment. */
function createView(
  name: string,
  database: CatalogDatabase,
  view: AthenaView,
  opts: CustomResourceOptions,
): CatalogTable {
  const text = output(database.name).apply((schema) => {
    const definition = {
      originalSql: view.sql,
      catalog: "awsdatacatalog",
      schema,
      columns: view.columns.map((column) => ({ name: column.name, type: column.trino })),
    };
    return `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString("base64")} */`;
  });
  return new CatalogTable(
    name,
    {
      databaseName: database.name,
      name: view.name,
      description: view.doc,
      tableType: "VIRTUAL_VIEW",
      parameters: { presto_view: "true", comment: "Presto View" },
      viewOriginalText: text,
      viewExpandedText: "/* Presto View */",
      storageDescriptor: {
        columns: view.columns.map((column) => ({ name: column.name, type: column.glue })),
        serDeInfo: {},
      },
    },
    opts,
  );
}

/** The account's catalogue of this region under the given key; one a region, so only where it was asked for. */
export function encryptCatalog(name: string, keyArn: Input<string>, opts: CustomResourceOptions): void {
  new DataCatalogEncryptionSettings(
    `${name}-catalog-encryption`,
    {
      dataCatalogEncryptionSettings: {
        encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: keyArn },
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: keyArn },
      },
    },
    opts,
  );
}
