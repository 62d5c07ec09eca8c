import type { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import { Permissions } from "@pulumi/aws/lakeformation/permissions.js";
import { Resource as Location } from "@pulumi/aws/lakeformation/resource.js";
import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { bucketArn } from "./names.ts";
import { permit, serviceRole, useKey } from "./roles.ts";
import type { Zones } from "./zones.ts";

/** Lake Formation beside IAM (hybrid mode): it vends access to the curated zone to whom it was granted. */
export function governByLakeFormation(
  name: string,
  zones: Zones,
  database: CatalogDatabase,
  reader: Role,
  context: AwsContext,
  opts: CustomResourceOptions,
): void {
  const role = serviceRole(
    `${name}-governed-role`,
    context,
    "lakeformation",
    "vends access to curated rows",
    opts,
  );
  const permissions = permit(
    `${name}-governed`,
    role,
    {
      data: [
        {
          Sid: "List",
          Effect: "Allow",
          Action: "s3:ListBucket",
          Resource: bucketArn(context, zones.curated.name),
        },
        {
          Sid: "Read",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: bucketArn(context, interpolate`${zones.curated.name}/*`),
        },
      ],
      keys: [useKey(context, "ReadCurated", zones.curated.keyArn, "read", ["s3"])],
    },
    opts,
  );
  const location = new Location(
    `${name}-governed`,
    { arn: bucketArn(context, zones.curated.name), hybridAccessEnabled: true, roleArn: role.arn },
    { ...opts, dependsOn: permissions },
  );
  new Permissions(
    `${name}-governed-tables`,
    {
      principal: reader.arn,
      permissions: ["SELECT", "DESCRIBE"],
      table: { databaseName: database.name, wildcard: true },
    },
    { ...opts, parent: location },
  );
}
