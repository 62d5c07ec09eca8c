import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Config } from "../../config.ts";
import { fleetKey, operationsKey, type Key } from "./keys.ts";
import { partitionOf } from "./regions.ts";

/** Where ARNs lie. */
export interface AwsPlace {
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  readonly region: string;
  readonly accountId: Output<string>;
}

/** What the five AWS components share. The provider is Pulumi's default one: it honours the whole `aws:` configuration. */
export interface AwsContext extends AwsPlace {
  readonly settings: Config["aws"];
  /** Everything that is not a zone of the lake: streams, queues, topics, logs, function settings. */
  readonly key: Key;
  /** The fleet's registry and secrets; null where they are not in the cloud. */
  readonly fleetKey: Key | null;
}

/** Built once per stack, as the first resources of the plan. */
export function createContext(config: Config, opts: ComponentResourceOptions = {}): AwsContext {
  const { environment, protect, key, region, aws: settings } = config;
  if (region === null)
    throw new Error("aws:region: received nothing; readConfig lets no such configuration through");
  const place: AwsPlace = {
    partition: partitionOf(region),
    region,
    accountId: getCallerIdentityOutput({}, opts).accountId,
  };
  const made = {
    place,
    ownership: key,
    deletionDays: settings.keyDeletionDays,
    opts: { ...opts, protect, retainOnDelete: protect },
  };
  return {
    ...place,
    settings,
    key: operationsKey(environment, made),
    fleetKey: settings.enrolment === undefined ? null : fleetKey(environment, made),
  };
}
