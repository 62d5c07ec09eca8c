import { createHash } from "node:crypto";
import { physicalName, type NameRule } from "../shared/naming.ts";

/**
 * Rules of names, each from "Naming rules and restrictions for Azure resources" (learn.microsoft.com). Where the name
 * must be unique in the whole of Azure, Pulumi adds eight hexadecimal digits to the logical name: {@link autoNamed}.
 */
export const nameRules = {
  /** Unique in Azure. */
  storageAccount: { maximum: 24, allowed: /[a-z0-9]/, separator: "" },
  /** Unique in Azure, and taken for 90 days after a deletion. */
  vault: { maximum: 24, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in Azure. */
  eventHubNamespace: { maximum: 50, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in a region; part of the host that devices connect to. */
  broker: { maximum: 50, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in a region. */
  topic: { maximum: 50, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in Azure. */
  iotHub: { maximum: 50, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in Azure. */
  provisioningService: { maximum: 64, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in Azure. */
  cosmosAccount: { maximum: 44, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in Azure; beyond 32 characters two hosts may take themselves for one another ("host ID considerations"). */
  functionApp: { maximum: 32, allowed: /[a-z0-9-]/, separator: "-" },
  /** Unique in Azure; part of the host that SQL is sent to. */
  synapse: { maximum: 50, allowed: /[a-z0-9-]/, separator: "-" },
  plan: { maximum: 60, allowed: /[a-z0-9-]/, separator: "-" },
  privateEndpoint: { maximum: 64, allowed: /[a-z0-9-]/, separator: "-" },
  workspace: { maximum: 63, allowed: /[a-z0-9-]/, separator: "-" },
  eventSubscription: { maximum: 64, allowed: /[a-z0-9-]/, separator: "-" },
} as const satisfies Record<string, NameRule>;

/** Shown in mails and messages of an action group; ours to choose as it is. */
export const shortName: NameRule = { maximum: 12, allowed: /[a-z0-9-]/, separator: "-" };

/** What Pulumi adds to a logical name. */
const addedDigits = 8;

/** A logical name that, with Pulumi's digits, is still a name of its kind. */
export const autoNamed = (rule: NameRule, ...parts: readonly string[]): string =>
  physicalName({ ...rule, maximum: rule.maximum - addedDigits }, ...parts);

/** A GUID that is the same for the same text, where Azure takes nothing else for a name within one resource. */
export function guidOf(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex").slice(0, 32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
