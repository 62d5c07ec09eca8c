import { NamedQuery } from "@pulumi/aws/athena/namedQuery.js";
import { Workgroup } from "@pulumi/aws/athena/workgroup.js";
import type { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { accountRoot, arn, bucketArn } from "./names.ts";
import { policyDocument } from "./policy-document.ts";
import { permit, useKey } from "./roles.ts";
import type { Zones } from "./zones.ts";

const gigabyte = 2 ** 30;

/** Where SQL is answered: results under our key whatever the client says, and a bound on what one query reads. */
export function createWorkgroup(
  name: string,
  zones: Zones,
  { settings, accountId }: AwsContext,
  forceDestroy: boolean,
  opts: CustomResourceOptions,
): Workgroup {
  return new Workgroup(
    `${name}-workgroup`,
    {
      description: "Fieldlake: curated rows, quarantine and their views",
      forceDestroy,
      configuration: {
        enforceWorkgroupConfiguration: true,
        enableMinimumEncryptionConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        requesterPaysEnabled: false,
        bytesScannedCutoffPerQuery: settings.scanLimitGigabytes * gigabyte,
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        resultConfiguration: {
          outputLocation: interpolate`s3://${zones.results.name}/athena/`,
          expectedBucketOwner: accountId,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: zones.results.keyArn },
        },
      },
    },
    opts,
  );
}

const queries = {
  latest: ["Newest value of each device and metric", "SELECT * FROM latest ORDER BY device_id, metric"],
  "today-by-device": [
    "Rows of today by device",
    "SELECT device_id, count(*) AS rows, max(ts) AS newest FROM readings WHERE dt = cast(current_date AS varchar) GROUP BY 1 ORDER BY 2 DESC",
  ],
  "rows-per-minute": [
    "How much arrived, a minute at a time, today",
    'SELECT minute, "rows" FROM rows_per_minute WHERE dt = cast(current_date AS varchar) ORDER BY 1',
  ],
  "quarantine-reasons": [
    "What could not be decoded in the last week, and why",
    "SELECT reason, codec, count(*) AS messages, max(received_at) AS newest FROM quarantine WHERE dt >= cast(current_date - interval '7' day AS varchar) GROUP BY 1, 2 ORDER BY 3 DESC",
  ],
} as const;

/** Saved beside the workgroup, as starting points. */
export function createQueries(
  name: string,
  workgroup: Workgroup,
  database: CatalogDatabase,
  opts: CustomResourceOptions,
): void {
  for (const [query, [description, sql]] of Object.entries(queries)) {
    new NamedQuery(
      `${name}-query-${query}`,
      { name: query, description, database: database.name, workgroup: workgroup.name, query: sql },
      { ...opts, parent: workgroup },
    );
  }
}

/** Who asks: any principal of the account that may assume it; reads curated rows and quarantine, writes results only. */
export function createQueryRole(
  name: string,
  zones: Zones,
  workgroup: Workgroup,
  database: CatalogDatabase,
  context: AwsContext,
  opts: CustomResourceOptions,
): Role {
  const { curated, quarantine, results } = zones;
  const role = new Role(
    `${name}-query-role`,
    {
      description: "Fieldlake: asks the lake in SQL",
      maxSessionDuration: 3600,
      assumeRolePolicy: policyDocument([
        {
          Sid: "Account",
          Effect: "Allow",
          Principal: { AWS: accountRoot(context) },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:PrincipalAccount": context.accountId } },
        },
      ]),
    },
    opts,
  );
  const bucket = (zone: Zones["curated"]) => bucketArn(context, zone.name);
  const objects = (zone: Zones["curated"]) => bucketArn(context, interpolate`${zone.name}/*`);
  permit(
    `${name}-query`,
    role,
    {
      data: [
        {
          Sid: "Ask",
          Effect: "Allow",
          Action: [
            "athena:BatchGetNamedQuery",
            "athena:GetNamedQuery",
            "athena:GetQueryExecution",
            "athena:GetQueryResults",
            "athena:GetWorkGroup",
            "athena:ListNamedQueries",
            "athena:StartQueryExecution",
            "athena:StopQueryExecution",
          ],
          Resource: arn(context, "athena", interpolate`workgroup/${workgroup.name}`),
        },
        {
          Sid: "ReadCatalog",
          Effect: "Allow",
          Action: ["glue:GetDatabase", "glue:GetTable", "glue:GetTables"],
          Resource: [
            arn(context, "glue", "catalog"),
            arn(context, "glue", interpolate`database/${database.name}`),
            arn(context, "glue", interpolate`table/${database.name}/*`),
          ],
        },
        // Lake Formation's only way in has no resource of its own; what it answers is granted there.
        ...(context.settings.governance === "lake-formation"
          ? ([
              { Sid: "Governed", Effect: "Allow", Action: "lakeformation:GetDataAccess", Resource: "*" },
            ] as const)
          : []),
        {
          Sid: "ListRows",
          Effect: "Allow",
          Action: ["s3:GetBucketLocation", "s3:ListBucket"],
          Resource: [curated, quarantine, results].map(bucket),
        },
        {
          Sid: "ReadRows",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: [curated, quarantine, results].map(objects),
        },
        {
          Sid: "WriteResults",
          Effect: "Allow",
          Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
          Resource: objects(results),
        },
      ],
      keys: [
        useKey(context, "ReadCurated", curated.keyArn, "readWrite", ["s3"]),
        useKey(context, "ReadQuarantine", quarantine.keyArn, "read", ["s3"]),
      ],
    },
    opts,
  );
  return role;
}
