import { getEndpointOutput } from "@pulumi/aws/iot/getEndpoint.js";
import { RoleAlias } from "@pulumi/aws/iot/roleAlias.js";
import { all, interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { UploadCredentials } from "../contracts/connection.ts";
import type { AwsContext } from "./context.ts";
import { bucketArn } from "./names.ts";
import { permit, serviceRole, useKey } from "./roles.ts";
import { uploadAlias } from "./topic-policy.ts";
import type { ZoneBucket } from "./zones.ts";

/** An hour: the most that the credential provider grants; an upload longer than that asks again and resumes. */
const seconds = 3_600;

/** Resolves to the thing that a device proved to be, in policies of what it got its credentials for. */
const thing = "${credentials-iot:ThingName}";

/**
 * A device turns its certificate into short-lived credentials that write new objects below its own prefix of the raw
 * zone: multipart, so resumable; never over or beside what is there.
 */
export function createUpload(
  name: string,
  environment: string,
  raw: ZoneBucket,
  context: AwsContext,
  opts: CustomResourceOptions,
): Output<UploadCredentials> {
  const role = serviceRole(
    `${name}-upload-role`,
    context,
    "credentials.iot",
    "uploads files of one device",
    opts,
  );
  const granted = permit(
    `${name}-upload`,
    role,
    {
      data: [
        {
          Sid: "OwnPrefix",
          Effect: "Allow",
          Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
          Resource: bucketArn(context, interpolate`${raw.name}/offline/${thing}/*`),
        },
      ],
      // S3 decrypts the parts' data key to complete a multipart upload.
      keys: [useKey(context, "EncryptUploads", raw.keyArn, "readWrite", ["s3"])],
    },
    opts,
  );
  const alias = new RoleAlias(
    `${name}-upload-alias`,
    { alias: uploadAlias(environment), roleArn: role.arn, credentialDuration: seconds },
    { ...opts, dependsOn: granted },
  );
  const { endpointAddress } = getEndpointOutput({ endpointType: "iot:CredentialProvider" }, opts);
  return all([endpointAddress, alias.alias, raw.name]).apply(
    ([host, aliasName, bucket]): UploadCredentials => ({
      credentialsUrl: `https://${host}/role-aliases/${aliasName}/credentials`,
      headers: { "x-amzn-iot-thingname": "{id}" },
      destination: `s3://${bucket}/offline/{id}/`,
      seconds,
    }),
  );
}
