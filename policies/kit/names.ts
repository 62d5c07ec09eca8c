/** What names a resource, and whether a name that stands in another one means it: a name holds in one place only. */
import { azureNamesOf, groupOf, moduleOf, withoutSubscription } from "./azure-names.ts";
import type { Resource } from "./graph.ts";

/** Outputs by which other resources name a resource. */
const identifiers = [
  "arn", "id", "keyId", "name", "bucket", "url", "endpoint", "vaultUri", "principalId", "clientId",
  "keyUri", "keyUriWithVersion", "functionName", "invokeArn", "qualifiedArn", "resourceId", "streamName",
] as const; // prettier-ignore

/** In lower case. */
export function identifiersOf(resource: Resource): ReadonlySet<string> {
  const bucket = resource.type === "aws:s3/bucket:Bucket" ? resource.inputs["bucket"] : undefined;
  const values = [
    resource.id,
    // A bucket's ARN is made of its name alone, so that programs write it before it is there.
    typeof bucket === "string" ? `arn:aws:s3:::${bucket}` : null,
    ...identifiers.flatMap((name) => [resource.outputs[name], resource.inputs[name]]),
    ...azureNamesOf(resource),
  ];
  return new Set(
    values
      .filter((value) => typeof value === "string" && value !== "")
      .map((value) => String(value).toLowerCase()),
  );
}

/**
 * Under which identifiers a text is to be looked up, in lower case. A storage account's services have no resource of
 * their own: what names them names the account. An id means what is not made yet whatever its subscription.
 */
export function lookups(text: string): readonly string[] {
  const lower = text.toLowerCase();
  const account = lower.replace(/\/(blob|queue|table|file)services\/default(\/.*)?$/, "");
  const ids = account === lower ? [lower] : [lower, account];
  return [...ids, ...ids.flatMap((id) => withoutSubscription(id) ?? [])];
}

/** Whether a name means a resource that has it; null: not known yet. */
export type Meant = boolean | null;

type ByUrn = (urn: string) => Resource | undefined;

/** A text in one resource that another one has for a name: the same name may be given in other places. */
export function means(from: Resource, text: string, target: Resource, byUrn: ByUrn): Meant {
  if (target.type.startsWith("azure-native:"))
    return /[/:]/.test(text) || inGroupOf(from, text, target, byUrn);
  return !target.type.startsWith("aws:") || /^arn:|:\/\//.test(text) || inRegionOf(from, target, byUrn);
}

/** Types whose names are unique in all of Azure, which other services name without a group. */
const unique = ["azure-native:storage:StorageAccount", "azure-native:keyvault:Vault"];

/** A name of Azure's holds in a resource group, for resources of one service. */
function inGroupOf(from: Resource, text: string, target: Resource, byUrn: ByUrn): Meant {
  const names = [...azureNamesOf(target), target.outputs["name"]];
  const isOwnName = names.some(
    (name) => typeof name === "string" && name.toLowerCase() === text.toLowerCase(),
  );
  if (!isOwnName) return true;
  if (moduleOf(from.type) !== moduleOf(target.type)) return unique.includes(target.type);
  const [one, other] = [groupOf(from, byUrn), groupOf(target, byUrn)];
  if (one === null || other === null) return true;
  if (typeof one === "string" && typeof other === "string") return one === other;
  if (typeof one === "string" || typeof other === "string") return null;
  return one.length === 0 || other.length === 0 ? null : one.some((group) => other.includes(group));
}

/** Services whose names hold in all regions. */
const worldwide = /^aws:(s3|iam|cloudfront|route53|organizations|waf)\//;

function inRegionOf(from: Resource, target: Resource, byUrn: ByUrn): boolean {
  if (worldwide.test(target.type)) return true;
  const [one, other] = [regionOf(from, byUrn), regionOf(target, byUrn)];
  return one === null || other === null || one === other;
}

function regionOf({ inputs, outputs, provider }: Resource, byUrn: ByUrn): string | null {
  const inArn = typeof outputs["arn"] === "string" ? outputs["arn"].split(":")[3] : undefined;
  const ofProvider = provider === null ? undefined : byUrn(provider);
  const found = [inputs["region"], inArn, ofProvider?.inputs["region"]];
  return found.find((one): one is string => typeof one === "string" && one !== "") ?? null;
}

/**
 * Whether an ARN or URL ends in the name that the program gives to a resource of AWS which has no ARN yet: whose account
 * it is shows when it has.
 */
export function mayMean(text: string, { type, inputs, outputs }: Resource): boolean {
  const { name } = inputs;
  if (!type.startsWith("aws:") || typeof name !== "string" || name === "") return false;
  return typeof outputs["arn"] !== "string" && /^(arn:|https:\/\/sqs\.)/.test(text) && endsIn(text, name);
}

const endsIn = (text: string, name: string): boolean => {
  const plain = text.replace(/:\*$/, "");
  return plain.endsWith(`:${name}`) || plain.endsWith(`/${name}`);
};
