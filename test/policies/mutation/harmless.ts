/**
 * Changes that make nothing weaker, each with its reason. A mutant that none of these names must be caught: what is not
 * here is not excused.
 */
import type { Graph } from "../../../policies/kit/graph.ts";
import { isRequired } from "../support/schema.ts";
import { harmlessOnAws } from "./harmless-aws.ts";
import { harmlessOnAzure } from "./harmless-azure.ts";
import { harmlessElsewhere } from "./harmless-elsewhere.ts";
import { harmlessOnOthersAws } from "./harmless-others-aws.ts";
import { harmlessOnOthersAzure } from "./harmless-others-azure.ts";
import { harmlessOnAwsServices } from "./harmless-services-aws.ts";
import { harmlessOnAzureServices } from "./harmless-services-azure.ts";
import type { Mutant } from "./mutants.ts";
import { more, type Reason } from "./reason.ts";

const everywhere: readonly Reason[] = [
  {
    because: "the engine's own marks, not a property of the resource",
    path: /(^|\.)(4dabf18193072939515e22adb298388d|__\w+)/,
  },
  {
    because:
      "a component asks for resources, which are weakened themselves; what it protects is asked of the component",
    // The parts of a local plant make nothing else.
    types: /^fieldlake:(?!local:(Broker|Console|Lake|Keyring)$)/,
    path: /^(?!(protect|certificateDays)$)/,
  },
  {
    because: "no certificate is issued by a component that issues none for a day",
    types: /^fieldlake:/,
    path: /certificateDays/,
    how: /^[01]$/,
  },
  {
    because: "the whole of a stack or component is no mistake of one of its resources",
    types: /^(fieldlake:|pulumi:)/,
    path: /^$/,
  },
  {
    because: "a name, a description, a tag or a place protects nothing",
    path: /(^|\.|\])(name|namePrefix|(alarmD|d)escription|displayName|region|location|locationName|tags|tagsAll|comment|label|title|tenantId|kind|groupShortName|alias|id|statementId|targetId|order|priority|severity|(resource|resourceGroup|account|vault|namespace|workspace|app|virtualNetwork|networkSecurityGroup|subnet|virtualNetworkLink|privateZone|privateEndpoint|privateDnsZoneGroup|systemTopic|topicSpace|clientGroup|caCertificate|permissionBinding|eventSubscription|eventHub|consumerGroup|database|container|actionGroup|rule|dashboard|blobServices|managementPolicy|registry|cluster|server|factory|job|profile|thing|attribute|table|index|roleAssignment|metric|logStream|role|scope|function|certificate|repository|topic)Name|logGroupNamePrefix)(\.\w+)?$/,
    how: /^(absent|null|""|\{\}|\[\]|-?\d+)$/,
  },
  {
    because: "where a page under TLS is reached is no weakness; a lake without a folder keeps nothing",
    types: /^fieldlake:local:(Console|Lake)$/,
    path: /^settings\.(host|dataFolder)$/,
  },
  { because: "the engine's own", types: /^pulumi:/, path: /^/ },
  {
    because: "where one resource must be named, the cloud refuses a wildcard and nothing at all",
    path: /^(?!.*(sourceArn|[kK]ey\w*)$)(?!.*(policy|Policy))/,
    was: /^"(arn:aws|\/subscriptions\/)/,
    how: /^("\*"|"")$/,
  },
  {
    because: "what is open stays as open without the word, and is closed by the other",
    path: /(publicNetworkAccess\w*|networkRuleSet(\.defaultAction)?)$/,
    was: /^("Enabled"|"Allow"|\{.*"defaultAction":"Allow".*\})$/,
    how: /^(absent|null|""|\{\}|"Disabled"|"Deny")$/,
  },
  {
    because: "a stack that asks for no protection has none without the word, and more with it",
    path: /^(protect|deletionProtectionEnabled)$/,
    was: /^false$/,
  },
  { because: "what may not be deleted with its content is safer", path: /^forceDestroy$/, was: /^true$/ },
  {
    because: "more of what is kept is kept longer",
    path: /(retention|days|hours|minutes|seconds|window|age|period)/i,
    how: more,
  },
  {
    because: "size, pace and number cost money, they protect nothing",
    path: /(^|\.|\])(memorySize|timeout|visibilityTimeoutSeconds|scalingConfig|\w*[cC]oncurrency|\w*[cC]oncurrentExecutions|batchSize|\w*[bB]atching\w*|parallelizationFactor|partitionCount|shardCount|capacity|maximum\w*Count|instance(MemoryMB|Count|Type|Size)|buffering(Interval|Size)|retryPolicy|maximumRetryAttempts|maximumEventAgeInSeconds|maximumRecordAgeInSeconds|eventTimeToLiveInMinutes|maxDeliveryAttempts|bytesScannedCutoffPerQuery|architectures|runtime|billingMode|streamModeDetails|zoneRedundant|isZoneRedundant|tracingConfig|scaleAndConcurrency)(\..*|\[\].*)?$/,
  },
];

const reasons: readonly Reason[] = [...everywhere, ...harmlessOnAws, ...harmlessOnAzure];
/** Of stacks in which nothing is Fieldlake's: more can be promised of our own resources than asked of everybody's. */
export const elsewhere: readonly Reason[] = [
  ...harmlessElsewhere,
  ...harmlessOnOthersAws,
  ...harmlessOnOthersAzure,
  ...harmlessOnAwsServices,
  ...harmlessOnAzureServices,
];
const isOurs = (graph: Graph): boolean => graph.resources.some(({ type }) => type.startsWith("fieldlake:"));

/** Why the mutant need not be caught; null where it must be. */
export function harmless(mutant: Mutant, graph: Graph): string | null {
  const { resource, path, was, how, inputs } = mutant;
  if (how === "not there" && isReferred(mutant, graph))
    return "no program can refer to a resource that it does not make";
  if (/^(absent|null)$/.test(how) && isRequired(resource.token, path))
    return "the provider refuses the resource without the property";
  const found = (isOurs(graph) ? reasons : [...reasons, ...elsewhere]).find(
    ({ types, path: where, was: before, how: which, beside }) =>
      (types?.test(resource.type) ?? true) &&
      (where === undefined ? path !== "" : where.test(path)) &&
      (before?.test(was) ?? true) &&
      (which?.test(how) ?? true) &&
      (beside === undefined || (inputs !== null && beside(inputs))),
  );
  return found?.because ?? null;
}

const isReferred = ({ resource }: Mutant, graph: Graph): boolean =>
  graph
    .dependents(resource)
    .some(({ propertyDependencies }) =>
      Object.values(propertyDependencies).some((urns) => urns.includes(resource.urn)),
    );
