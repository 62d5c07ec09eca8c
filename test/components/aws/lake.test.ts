/** Keys and lake of the aws target: the security inputs, by value. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { glueType } from "../../../functions/core/athena.ts";
import { quarantineTable, readingsTable } from "../../../functions/core/table.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import type { Recording } from "../harness.ts";
import { documentOf, everything, frugal, recordAws } from "./environment.ts";
import { keyArn } from "./iam-simulator.ts";

let plain: Recording;
let full: Recording;
beforeAll(async () => {
  plain = (await recordAws(frugal)).recording;
  full = (await recordAws(everything)).recording;
});

const bucketOf = (role: string) => ({ bucket: autoName(`acme-lake-${role}`) });
const key = (zone: string) => keyArn(plain, `acme-lake-${zone}-key`);
const zones = [
  ["raw", "raw"],
  ["curated", "curated"],
  ["quarantine", "quarantine"],
  ["results", "curated"],
] as const;

describe("keys", () => {
  test.each([
    "acme-operations-key",
    "acme-lake-raw-key",
    "acme-lake-curated-key",
    "acme-lake-quarantine-key",
  ])("%s rotates, can't be lost within a month, and serves one region", (name) => {
    expect(plain.one("aws:kms/key:Key", name).inputs).toEqual({
      description: expect.stringMatching(/^Fieldlake: /),
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 30,
      isEnabled: true,
      multiRegion: false,
      policy: expect.any(String),
    });
  });

  test("only the zone that is copied has a key of two regions", () => {
    const multiRegion = full.registrations.filter(
      ({ type, inputs }) => type === "aws:kms/key:Key" && inputs["multiRegion"] === true,
    );
    expect(multiRegion.map(({ name }) => name)).toEqual(["acme-lake-raw-key"]);
    expect(full.one("aws:kms/replicaKey:ReplicaKey", "acme-lake-raw-replica-key").inputs).toMatchObject({
      region: "eu-west-1",
      enabled: true,
      deletionWindowInDays: 30,
      primaryKeyArn: keyArn(full, "acme-lake-raw-key"),
    });
  });

  test("a key of one's own takes the place of all four, and none is made", async () => {
    const reference = `arn:aws:kms:${region}:${account}:key/00000000-0000-4000-8000-000000000000`;
    const { recording } = await recordAws({ ...frugal, key: { kind: "own", reference } });
    expect(recording.registrations.filter(({ type }) => type.startsWith("aws:kms/"))).toEqual([]);
    const used = JSON.stringify(recording.registrations).match(/arn:aws:kms:[^"\\]+/g) ?? [];
    expect(new Set(used)).toEqual(new Set([reference]));
  });
});

describe("buckets", () => {
  test.each(zones)(
    "%s is under the key of zone %s, with a bucket key and none of the caller's",
    (role, zone) => {
      const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
      expect(plain.one(type, `acme-lake-${role}-encryption`).inputs).toEqual({
        ...bucketOf(role),
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key(zone) },
            bucketKeyEnabled: true,
            blockedEncryptionTypes: ["SSE-C"],
          },
        ],
      });
    },
  );

  test.each(["raw", "curated", "quarantine", "results", "access-log"])(
    "%s: no access list, nothing public, versions kept",
    (role) => {
      const of = (type: string, name: string) =>
        plain.one(`aws:s3/${type}`, `acme-lake-${role}-${name}`).inputs;
      expect(of("bucketOwnershipControls:BucketOwnershipControls", "ownership")).toEqual({
        ...bucketOf(role),
        rule: { objectOwnership: "BucketOwnerEnforced" },
      });
      expect(of("bucketPublicAccessBlock:BucketPublicAccessBlock", "access-block")).toEqual({
        ...bucketOf(role),
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      expect(of("bucketVersioning:BucketVersioning", "versioning")).toEqual({
        ...bucketOf(role),
        versioningConfiguration: { status: "Enabled" },
      });
      const arn = `arn:aws:s3:::${autoName(`acme-lake-${role}`)}`;
      const [transport, tls] = documentOf(of("bucketPolicy:BucketPolicy", "policy")["policy"]).Statement;
      const everybody = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`] };
      expect(transport).toEqual({
        Sid: "DenyPlainText",
        ...everybody,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
      expect(tls).toEqual({
        Sid: "DenyOldTls",
        ...everybody,
        Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
      });
    },
  );

  test("raw is locked from birth, for as long and as hard as asked", () => {
    const lock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
    const retention = (recording: Recording, role: string) =>
      recording.one(lock, `acme-lake-${role}-object-lock`).inputs["rule"];
    expect(plain.one("aws:s3/bucket:Bucket", "acme-lake-raw").inputs).toEqual({
      forceDestroy: true,
      objectLockEnabled: true,
    });
    expect(retention(plain, "raw")).toEqual({ defaultRetention: { mode: "GOVERNANCE", days: 30 } });
    expect(retention(full, "raw")).toEqual({ defaultRetention: { mode: "COMPLIANCE", days: 10 } });
    expect(retention(full, "raw-replica")).toEqual({ defaultRetention: { mode: "COMPLIANCE", days: 10 } });
    expect(full.one("aws:s3/bucket:Bucket", "acme-lake-raw").inputs["forceDestroy"]).toBe(false);
  });

  test("tiers and ends follow the retention of each zone", () => {
    const type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    const rule = (role: string) =>
      (plain.one(type, `acme-lake-${role}-lifecycle`).inputs["rules"] as Record<string, unknown>[])[0];
    const always = {
      noncurrentVersionExpiration: { noncurrentDays: 30 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    };
    expect(rule("raw")).toMatchObject({
      ...always,
      expiration: { days: 400 },
      transitions: [
        { days: 30, storageClass: "STANDARD_IA" },
        { days: 90, storageClass: "GLACIER_IR" },
        { days: 365, storageClass: "DEEP_ARCHIVE" },
      ],
    });
    expect(rule("curated")).toMatchObject({
      ...always,
      transitions: [{ days: 0, storageClass: "INTELLIGENT_TIERING" }],
    });
    expect(rule("curated")).not.toHaveProperty("expiration");
    expect(rule("quarantine")).toMatchObject({ ...always, expiration: { days: 2 } });
  });

  test("every read of the lake is logged, to a bucket that takes logs from these buckets alone", () => {
    for (const [role] of zones) {
      expect(plain.one("aws:s3/bucketLogging:BucketLogging", `acme-lake-${role}-logging`).inputs).toEqual({
        ...bucketOf(role),
        targetBucket: autoName("acme-lake-access-log"),
        targetPrefix: `${role}/`,
      });
    }
    const policy = documentOf(
      plain.one("aws:s3/bucketPolicy:BucketPolicy", "acme-lake-access-log-policy").inputs["policy"],
    );
    expect(policy.Statement[2]).toMatchObject({
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Condition: {
        StringEquals: { "aws:SourceAccount": account },
        ArnEquals: {
          "aws:SourceArn": ["raw", "curated", "quarantine", "results"].map(
            (role) => `arn:aws:s3:::${autoName(`acme-lake-${role}`)}`,
          ),
        },
      },
    });
  });

  test("the copy in another region is under its own key there, within a quarter of an hour, deletions left out", () => {
    const [rule] = full.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "acme-lake-replication")
      .inputs["rules"] as Record<string, unknown>[];
    expect(rule).toMatchObject({
      status: "Enabled",
      deleteMarkerReplication: { status: "Disabled" },
      sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
      destination: {
        bucket: `arn:aws:s3:::${autoName("acme-lake-raw-replica")}`,
        encryptionConfiguration: { replicaKmsKeyId: expect.stringMatching(/^arn:aws:kms:eu-west-1:/) },
        replicationTime: { status: "Enabled", time: { minutes: 15 } },
      },
    });
    for (const { type, name, inputs } of full.registrations.filter(({ name }) =>
      /raw-replica|copy-log/.test(name),
    )) {
      expect([type, name, inputs["region"]]).toEqual([type, name, "eu-west-1"]);
    }
  });
});

describe("catalogue and queries", () => {
  test.each([readingsTable, quarantineTable])(
    "table $name has the columns of the one row schema, its partitions projected",
    (table) => {
      const name = table.name === "quarantine" ? "quarantined" : table.name;
      const { inputs } = plain.one("aws:glue/catalogTable:CatalogTable", `acme-lake-${name}`);
      const storage = inputs["storageDescriptor"] as {
        columns: { name: string; type: string }[];
        location: string;
      };
      expect(storage.columns.map((column) => [column.name, column.type])).toEqual(
        table.columns.map((column) => [column.name, glueType(column)]),
      );
      const bucket = autoName(`acme-lake-${table.name === "quarantine" ? "quarantine" : "curated"}`);
      expect(inputs).toMatchObject({
        databaseName: "acme_lake",
        partitionKeys: [
          { name: "dt", type: "string" },
          { name: "hr", type: "string" },
        ],
        parameters: {
          "projection.enabled": "true",
          "projection.dt.type": "date",
          "projection.dt.format": "yyyy-MM-dd",
          "projection.hr.type": "integer",
          "projection.hr.range": "0,23",
          "projection.hr.digits": "2",
          "storage.location.template": `s3://${bucket}/${table.name}/dt=\${dt}/hr=\${hr}/`,
        },
      });
    },
  );

  test("answers are encrypted whatever the client says, and a query reads no more than allowed", () => {
    expect(
      plain.one("aws:athena/workgroup:Workgroup", "acme-lake-workgroup").inputs["configuration"],
    ).toEqual({
      enforceWorkgroupConfiguration: true,
      enableMinimumEncryptionConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      requesterPaysEnabled: false,
      bytesScannedCutoffPerQuery: 100 * 2 ** 30,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      resultConfiguration: {
        outputLocation: `s3://${autoName("acme-lake-results")}/athena/`,
        expectedBucketOwner: account,
        encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: key("curated") },
      },
    });
  });

  test("options: the account's catalogue under the key, Iceberg tables under it, Lake Formation in hybrid mode", () => {
    const kmsKeyArn = keyArn(full, "acme-lake-curated-key");
    expect(
      full.one(
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        "acme-lake-catalog-encryption",
      ).inputs,
    ).toEqual({
      dataCatalogEncryptionSettings: {
        encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: kmsKeyArn },
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: kmsKeyArn },
      },
    });
    for (const [type, name] of [
      ["tableBucket:TableBucket", "acme-lake-tables"],
      ["table:Table", "acme-lake-tables-readings"],
    ] as const) {
      expect(full.one(`aws:s3tables/${type}`, name).inputs["encryptionConfiguration"]).toEqual({
        sseAlgorithm: "aws:kms",
        kmsKeyArn,
      });
    }
    expect(
      full.one("aws:lakeformation/resource:Resource", "acme-lake-governed").inputs["hybridAccessEnabled"],
    ).toBe(true);
  });
});
