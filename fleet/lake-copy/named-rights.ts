/** A refusal of a cloud in terms of the right that is missing. */
import type { Target } from "../../components/contracts/common.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import type { CloudLake } from "./cloud-destination.ts";

type Verb = "list" | "read" | "write" | "remove";
type Cloud = Exclude<Target, "local">;

const rights: Record<Cloud, Record<Verb, string>> = {
  aws: {
    list: "s3:ListBucket on the bucket",
    read: "s3:GetObject on the bucket's objects, and kms:Decrypt on the zone's key",
    write: "s3:PutObject on the bucket's objects, and kms:GenerateDataKey on the zone's key",
    remove: "s3:DeleteObject on the bucket's objects",
  },
  azure: {
    list: "the role Storage Blob Data Reader on the container",
    read: "the role Storage Blob Data Reader on the container",
    write: "the role Storage Blob Data Contributor on the container",
    remove: "the role Storage Blob Data Contributor on the container",
  },
};

/** The lake's ports, whose refusals are {@link CommandError} that name the right. @param stack whose lake it is */
export function withNamedRights(lake: CloudLake, target: Cloud, stack: string): CloudLake {
  const named =
    <Args extends unknown[], Result>(verb: Verb, call: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      call(...args).catch((error: unknown) => {
        if (!/HTTP 40[13]\b/.test(messageOf(error))) throw error;
        throw new CommandError(
          `${stack}: ${messageOf(error)}`,
          exitCodes.failed,
          `your login lacks ${rights[target][verb]}; docs/operations.md lists what a copy needs`,
          "what was copied so far stays, and the same command goes on",
        );
      });
  const { places, objects, list, removal } = lake;
  return {
    places,
    objects: { create: named("write", objects.create), read: named("read", objects.read) },
    list: { all: named("list", list.all), level: named("list", list.level) },
    removal: { remove: named("remove", removal.remove) },
  };
}
