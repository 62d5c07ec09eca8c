/** Functions of the `aws` package that can be answered without asking AWS. */

import { hexOf } from "../cloud/identity.ts";
import type { FunctionAnswer } from "../cloud/rules.ts";
import type { ValueMap } from "../shared/values.ts";
import type { Account } from "./account.ts";
import { policyDocument } from "./policy-document.ts";

/** The answers; `account` gives the settings in force. */
export const awsFunctions = (account: () => Account): ReadonlyMap<string, FunctionAnswer> => {
  const regionOf = (args: ValueMap): string =>
    typeof args["region"] === "string" ? args["region"] : account().region;

  const key = (args: ValueMap): ValueMap => {
    const { id, partition } = account();
    const reference = String(args["keyId"]);
    const [, region = regionOf(args), owner = id, keyId = reference] =
      /^arn:[\w-]+:kms:([\w-]+):(\d{12}):key\/(.+)$/.exec(reference) ?? [];
    return {
      id: keyId,
      keyId: reference,
      arn: `arn:${partition}:kms:${region}:${owner}:key/${keyId}`,
      awsAccountId: owner,
      region,
      enabled: true,
      keyManager: "CUSTOMER",
      keySpec: "SYMMETRIC_DEFAULT",
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      keyState: "Enabled",
      keyUsage: "ENCRYPT_DECRYPT",
      multiRegion: keyId.startsWith("mrk-"),
      origin: "AWS_KMS",
    };
  };

  const answers: Readonly<Record<string, FunctionAnswer>> = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
      answer: () => {
        const { id, partition } = account();
        const arn = `arn:${partition}:iam::${id}:user/offline`;
        return { accountId: id, arn, id, userId: "AIDAOFFLINE000000000" };
      },
    },
    "aws:index/getPartition:getPartition": {
      answer: () => {
        const { partition, dnsSuffix } = account();
        const reverseDnsPrefix = dnsSuffix.split(".").reverse().join(".");
        return { partition, dnsSuffix, reverseDnsPrefix, id: partition };
      },
    },
    "aws:index/getRegion:getRegion": {
      answer: (args) => {
        const region = regionOf(args);
        const endpoint = `ec2.${region}.${account().dnsSuffix}`;
        return { region, name: region, id: region, endpoint, description: region };
      },
    },
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
      answer: (args) => {
        const region = regionOf(args);
        const letters = ["a", "b", "c"];
        return {
          id: region,
          names: letters.map((letter) => region + letter),
          zoneIds: letters.map((_, index) => `${hexOf(4, region)}-az${index + 1}`),
          groupNames: [region],
        };
      },
      madeUp: "three zones, a to c",
    },
    "aws:iam/getPolicyDocument:getPolicyDocument": {
      answer: (args) => {
        const document = policyDocument(args);
        return { ...document, id: hexOf(10, String(document["json"])) };
      },
    },
    "aws:iot/getEndpoint:getEndpoint": {
      answer: (args) => {
        const type = String(args["endpointType"] ?? "iot:Data-ATS");
        return { endpointAddress: endpointAddress(type, regionOf(args), account()), id: type };
      },
      madeUp: "the account's own part of the endpoint's name",
    },
    "aws:kms/getKey:getKey": { answer: key, madeUp: "the state of the key, a symmetric one in use" },
    "aws:kms/getAlias:getAlias": {
      answer: (args) => {
        const { id, partition } = account();
        const [region, name] = [regionOf(args), String(args["name"])];
        const target = key({ keyId: `${hexOf(8, name)}-0000-4000-8000-${hexOf(12, id, name)}`, region });
        const arn = `arn:${partition}:kms:${region}:${id}:${name}`;
        return { name, arn, id: arn, targetKeyId: target["id"], targetKeyArn: target["arn"] };
      },
      madeUp: "the key behind the alias",
    },
  };
  return new Map(Object.entries(answers));
};

/** Formats: AWS IoT Core developer guide, "AWS IoT device data and service endpoints". */
const endpointAddress = (type: string, region: string, { id, dnsSuffix }: Account): string => {
  const prefix = `a${hexOf(13, id, region)}`;
  switch (type) {
    case "iot:CredentialProvider":
      return `${prefix}.credentials.iot.${region}.${dnsSuffix}`;
    case "iot:Jobs":
      return `${prefix}.jobs.iot.${region}.${dnsSuffix}`;
    case "iot:Data":
      return `${prefix}.iot.${region}.${dnsSuffix}`;
    default:
      return `${prefix}-ats.iot.${region}.${dnsSuffix}`;
  }
};
