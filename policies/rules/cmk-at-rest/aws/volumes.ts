/** Disks and file systems lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import { isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsVolumesKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-ebs-require-customer-key",
    what: "A disk",
    types: ["aws:ebs/volume:Volume"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_3", "CKV_AWS_189", "EC2.3", "AWS-0026"],
    platformDefault: "the disk lies plain, or under the key that AWS manages for EBS",
    beside: isTrue("encrypted"),
    besideFix: "encrypted to true and",
  }),
  awsKeyRule({
    id: "aws-efs-require-customer-key",
    what: "A file system",
    types: ["aws:efs/fileSystem:FileSystem"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_42", "CKV_AWS_184", "EFS.1", "AWS-0037"],
    platformDefault: "files lie plain, or under the key that AWS manages for EFS",
    beside: isTrue("encrypted"),
    besideFix: "encrypted to true and",
  }),
];
