/**
 * Weaker copies of planned resources, one property at a time. They are made from the resources, not from the rules:
 * what bears on encryption, transport, identity or exposure is told by the names and values that stand there.
 */
import type { Resource } from "../../../policies/kit/graph.ts";
import { isArray, isObject, type Properties, type Value } from "../../../policies/kit/value.ts";

export interface Mutant {
  /** `name: path → what was done`. */
  readonly what: string;
  readonly resource: Resource;
  /** Null: the resource is not there. */
  readonly inputs: Properties | null;
}

/** What stands in a property's place; `gone` where it is left out. */
const gone = Symbol("gone");
type Weaker = Value | typeof gone;

const bearing =
  /encrypt|kms|cmk|(^|\.)sse|tls|ssl|https|ftps|protocol|cert|auth|ident|polic|principal|access|public|acl|purge|softDelete|retention|lock|version(ing|ed)|delet(e|ion)(P|Ret|Pr)|protect|log(s|Group|ging|Level)|securit|network|ingress|cidr|uses|validity|algorithm|curve|keySize|kty|rotat|deadLetter|errorAction|source(Arn|Account)|recover|owner|blocked|sharedKey|credential|session|template|signature|expir|alarmActions|actionsEnabled|keyVault|keySource|keyType|keyName|(^|\.)kmsKey|role(Definition|s\b)|scope|principalType|targetBucket|disable|allow|isSftp|isLocal|workspaceResourceId|encoded|topicTemplates|permission|clientGroup|validationScheme|hostName|minimum|infrastructure/i;
/** Names that only sound so. */
const idle =
  /(^|\.)(description|region|location|tags|tagsAll|name|namePrefix|resourceGroupName|statementId|sid|id|sourceHash|stage|handler|tableName|displayName|logStreamName|sqlVersion|engineVersion|apiVersion|policyName|keyName$|roleAssignmentName|versionId|functionVersion|runtime)$|__defaults|analyticsConfiguration|schemaConfiguration\.versionId|dataFormatConversion|dynamicPartitioning|processingConfiguration|cloudwatchLoggingOptions\.(logStreamName|enabled)|Prefix$|compression|storageDescriptor|partitionKeys|parameters\.|dashboardBody|queryString|flexibleTimeWindow|metricQueries|evaluation|thingTypeName|protocolVersion|clockWindow|keySchemas|assets|(^|\.)code(\.|$)|certRequestPem|caCertPem|certificatePem|caCertificatePem|encodedCertificate|roleArn$|transitionDefault|loggingConfig\.(logFormat|systemLogLevel|applicationLogLevel)|environment\.variables|^(principal|target)$|okActions|principalId$|scopes|accessTier|(virtualNetworkRules|ipRules|bypass)$|keyVaultReferenceIdentity$|ManagementPolicyName|managementPolicyName|permissionBindingName|consistencyPolicy|assignableScopes|not(Data)?Actions|^(authority|keyOwnership)$|logStream|deliveryAttributeMappings|caCertificateName|authenticationName|filters|tierTo|^policy\.rules\[\]\.(name|type)|(^|\.)logGroupName$|lifecycleAction|roleName|eventSourceArn|maximumSession|privatedns|objectReplicationPolicyId|sourceAccount$|virtualNetworkName|virtualNetworkLinkName|NetworkPolicies$|topicTemplates\[\]$/i;

/** Weaker words, service by service. */
const weaker: Readonly<Record<string, Value>> = {
  AWS_X509: "CUSTOM_AUTH", SECURE_MQTT: "DEFAULT", BucketOwnerEnforced: "ObjectWriter", GOVERNANCE: "NONE", COMPLIANCE: "GOVERNANCE",
  SSE_KMS: "SSE_S3", "aws:kms": "AES256", KMS: "NONE", CUSTOMER_MANAGED_CMK: "AWS_OWNED_CMK", CUSTOMER_MANAGED_KMS_KEY: "AWS_OWNED_KEY",
  "SSE-KMS": "DISABLED", "SSE-C": "NONE", EXCLUSIVE_THING: "NON_EXCLUSIVE_THING", WARN: "DISABLED", SNI_ONLY: "DEFAULT", "SSE-KMS-WITH-SERVICE-ROLE": "DISABLED",
  "Microsoft.Keyvault": "Microsoft.Storage", "Microsoft.KeyVault": "Microsoft.EventHub", UserAssigned: "None", SystemAssigned: "None",
  "SystemAssigned, UserAssigned": "None", Premium: "Standard", Account: "Service", Required: "Optional", ServicePrincipal: "User",
  Deny: "Allow", Continuous: "Periodic", AADToken: "Key", identityBased: "keyBased", SubjectMatchesAuthenticationName: "None",
  ECDSA: "RSA1024", P256: "P224", P384: "P224", rotate: "notify", RSA: "oct", "RSA-HSM": "oct", None: "Blob",
}; // prettier-ignore
const states: Readonly<Record<string, Value>> = {
  Enabled: "Disabled",
  enabled: "disabled",
  ENABLED: "DISABLED",
};

/** Companions without which a store is open, unencrypted or unwatched. */
const companion =
  /(Policy|Encryption\w*|PublicAccessBlock|Versioning|OwnershipControls|ObjectLock\w*|BucketLogging|KeyPolicy|NetworkRuleSet|CaCertificate|LoggingOptions|BlobServiceProperties|LinkedService)$/;
const notCompanion =
  /DataCatalog|ObjectReplication|iam\/|iot\/|RolePolicy|lambda|cloudwatch\/|CaCertificate|managementPolicy/i;

export function mutantsOf(resource: Resource): readonly Mutant[] {
  const kind = resource.type.split(":").at(-1) ?? "";
  const removal: Mutant[] =
    companion.test(kind) && !notCompanion.test(resource.type)
      ? [{ what: `${resource.name}: without it`, resource, inputs: null }]
      : [];
  return [
    ...removal,
    ...weakenings(resource.inputs, "")
      .filter(({ path, value }) => !isHarmless(resource.type, path, value))
      .map(({ path, how, value }) => ({
        what: `${resource.name} (${resource.type}): ${path.join(".")} → ${how}`,
        resource,
        inputs: change(resource.inputs, path, value) as Properties,
      })),
  ];
}

/** What a service refuses a binding, a role, a link or a group without. */
const required =
  /^(scope|roleDefinitionId|clientGroupName|permissions|virtualNetwork|securityRules|networkSecurityGroupName)/;
const requiring =
  /(RoleDefinition|ClientGroup|RoleAssignment|EventSubscription|VirtualNetworkLink|SecurityGroup)$/;

/** An identity without a policy may do nothing; where a role may be given or events come from is no right yet. */
function isHarmless(type: string, steps: readonly string[], value: Weaker): boolean {
  const path = steps.join(".");
  if (path === "scope" && !/RoleAssignment$/.test(type)) return true;
  if (value !== gone) return false;
  return (
    (/^aws:(iam|iot\/policyAttachment)/.test(type) && path === "policy") ||
    (requiring.test(type) && required.test(path))
  );
}

interface Weakening {
  readonly path: readonly string[];
  readonly how: string;
  readonly value: Weaker;
}

function weakenings(value: Value, path: string, steps: readonly string[] = []): Weakening[] {
  if (idle.test(path) || /(allowedUses|keyOps)\[\]$/.test(path)) return [];
  const own =
    path !== "" && bearing.test(path) && !isTransitive(value)
      ? weakerValues(value, path).map((one) => ({ path: steps, ...one }))
      : [];
  const below = isArray(value)
    ? value.flatMap((item, index) => weakenings(item, `${path}[]`, [...steps, String(index)]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) =>
          weakenings(item, path === "" ? key : `${path}.${key}`, [...steps, key]),
        )
      : [];
  return [...own, ...below];
}

/** A list of structures: what is in them is weakened, and the whole left out. */
const isTransitive = (value: Value): boolean => value === undefined || value === null;

function weakerValues(value: Value, path: string): { how: string; value: Weaker }[] {
  const without = isSafeWithout(value, path) ? [] : [{ how: "absent", value: gone as Weaker }];
  const as = (other: Value): { how: string; value: Weaker } => ({
    how: typeof other === "symbol" ? "unknown" : JSON.stringify(other),
    value: other,
  });
  if (typeof value === "boolean") return isLoosening(path, value) ? [as(!value), ...without] : [];
  if (typeof value === "number") return [...numbers(path, value).map(as), ...without];
  if (typeof value === "string") return [...texts(value, path), ...without];
  return without;
}

/** Switches that are safe as they are, by name: those that open when true, and all others close when true. */
function isLoosening(path: string, value: boolean): boolean {
  const leaf = path.split(".").at(-1) ?? path;
  const opens =
    /^(allow(?!AutoReg)|force|disable(AllLogs)|bypass|isSftp|isLocal|isNfs|insecure|public|multiRegion|remote|admin|anonymous|skip|caseInsensitive|requesterPays|useBase64|autoRenew|sqsManaged|exportable|enabledFor)/i.test(
      leaf,
    );
  if (
    /^(multiRegion|requesterPays|useBase64|caseInsensitive|allowAutoRegistration|eventbridge|isCaCertificate|setSubjectKeyId|forceDestroy|returnData)/i.test(
      leaf,
    )
  )
    return false;
  return opens ? !value : value;
}

/** Left out, the provider's or the service's own default is as strong. */
function isSafeWithout(value: Value, path: string): boolean {
  if (value === false) return true;
  if (/recoveryPeriodInDays$|softDeleteRetentionInDays$/.test(path)) return true;
  // What is open by default is as open without the word.
  if (/public\w*Access|networkRuleSet|defaultAction/i.test(path))
    return value !== "Disabled" && value !== "Deny" && !isClosing(value);
  if (
    /(^|\.)(isEnabled|deletionWindowInDays|rotationPeriodInDays|recoveryPeriodInDays|actionsEnabled|okActions|enabled$|maxSessionDuration|enableSoftDelete|softDeleteRetentionInDays|kmsDataKeyReuse\w*|credentialDuration|retryPolicy|status|disableAllLogs)/.test(
      path,
    )
  )
    return !/encrypt|sse|pointInTime|deleteRetention|Policy\.enabled/i.test(path) || /status/.test(path);
  if (!isObject(value)) return false;
  // Tiers cost, they protect nothing.
  return Object.keys(value).length === 0 || (/baseBlob$/.test(path) && !("delete" in value));
}

const isClosing = (value: Value): boolean => isObject(value) && Object.values(value).includes("Deny");

function numbers(path: string, value: number): number[] {
  if (/validity|credentialDuration|maxSession|expiry|certificateDays/i.test(path)) return [value * 100];
  if (/retention|days|deletion|window|recover|noncurrent|keySize|rsaBits|softDelete/i.test(path))
    return /rotationPeriod/.test(path) ? [value * 5] : value > 1 ? [1] : [];
  return [];
}

function texts(value: string, path: string): { how: string; value: Weaker }[] {
  const document = parsed(value);
  if (document !== undefined && isArray(document["Statement"]))
    return statements(document).map(({ how, document: other }) => ({ how, value: JSON.stringify(other) }));
  const as = (other: string): { how: string; value: Weaker } => ({
    how: JSON.stringify(other),
    value: other,
  });
  if (/^arn:[^:]*:kms:/.test(value))
    return [
      as("alias/aws/s3"),
      as(""),
      as(value.replace(/:\d{12}:.*/, ":999999999999:key/99999999-0000-0000-0000-000000000000")),
    ];
  if (/tls|ssl/i.test(path) && /1[._]?[23]/.test(value)) return [as(older(value))];
  if (/^https:\/\//.test(value)) return [as(value.replace(/^https/, "http"))];
  if (/public\w*Access/i.test(path)) return value === "Disabled" ? [as("Enabled")] : [];
  if (/defaultAction/.test(path)) return value === "Deny" ? [as("Allow")] : [];
  const word = weaker[value] ?? (/status|state|enforcement|ftps/i.test(path) ? states[value] : undefined);
  if (typeof word === "string") return [as(word)];
  if (
    /targetArn|deadLetter|logGroup$|errorAction.*(queueUrl|Arn$|Name$)/i.test(path) &&
    !/roleArn/.test(path)
  )
    return [as(`${value}-elsewhere`)];
  if (/principal$/i.test(path) && value.includes(".amazonaws.com")) return [as("*")];
  if (/^sourceArn$/.test(path)) return [as("*")];
  if (/^scope$/.test(path) && value.startsWith("/subscriptions/"))
    return [as(value.split("/").slice(0, 3).join("/"))];
  if (/^roleDefinitionId/.test(path) && /roleDefinitions\//.test(value))
    return [as(value.replace(/[0-9a-f-]{36}$/i, "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"))];
  if (/topicTemplates/.test(path)) return [as("#")];
  if (/clientGroupName/.test(path)) return [];
  return [];
}

function older(value: string): string {
  if (/^IoTSecurityPolicy/.test(value)) return "IoTSecurityPolicy_TLS12_1_0_2016_01";
  return value.replace(/1([._]?)[23]/, (_, dot: string) => `1${dot}0`);
}

function parsed(text: string): { readonly [key: string]: Value } | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as Value;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Every statement, loosened in each of its parts. */
function statements(document: Properties): { how: string; document: Properties }[] {
  const all = document["Statement"];
  if (!isArray(all)) return [];
  return all.flatMap((statement, index) => {
    if (!isObject(statement)) return [];
    const name = String(statement["Sid"] ?? index);
    const replaced = (how: string, other: Properties | null): { how: string; document: Properties } => ({
      how: `${name}: ${how}`,
      document: {
        ...document,
        Statement: all.flatMap((one, at) => (at !== index ? [one] : other === null ? [] : [other])),
      },
    });
    const without = (key: string): Properties =>
      Object.fromEntries(Object.entries(statement).filter(([other]) => other !== key));
    if (statement["Effect"] === "Deny")
      return [replaced("no Deny", null), replaced("Allow", { ...statement, Effect: "Allow" })];
    const service = String([statement["Action"]].flat()[0] ?? "").split(":")[0] ?? "";
    const isWide = (key: string): boolean => [statement[key]].flat().includes("*");
    return [
      ...(statement["Principal"] === undefined
        ? []
        : [replaced("Principal *", { ...statement, Principal: "*" })]),
      replaced("Action *", { ...statement, Action: "*" }),
      replaced(`Action ${service}:*`, { ...statement, Action: `${service}:*` }),
      ...(statement["Resource"] === undefined || isWide("Resource")
        ? []
        : [replaced("Resource *", { ...statement, Resource: "*" })]),
      ...(statement["Condition"] === undefined
        ? []
        : [replaced("no Condition", without("Condition")), ...conditions(statement, replaced)]),
    ];
  });
}

function conditions<Made>(statement: Properties, replaced: (how: string, other: Properties) => Made): Made[] {
  const condition = statement["Condition"];
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.keys(keys).map((key) => {
          const rest = Object.fromEntries(Object.entries(keys).filter(([other]) => other !== key));
          const others = Object.fromEntries(
            Object.entries(condition).filter(([other]) => other !== operator),
          );
          const kept = Object.keys(rest).length === 0 ? others : { ...others, [operator]: rest };
          return replaced(`no ${key}`, { ...statement, Condition: kept });
        })
      : [],
  );
}

function change(value: Value, path: readonly string[], weak: Weaker): Value {
  const [step = "", ...rest] = path;
  if (isArray(value)) {
    const index = Number(step);
    if (rest.length === 0 && weak === gone) return value.filter((_, at) => at !== index);
    return value.map((item, at) =>
      at !== index ? item : rest.length === 0 ? (weak as Value) : change(item, rest, weak),
    );
  }
  if (!isObject(value)) return value;
  if (rest.length === 0 && weak === gone)
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
  return { ...value, [step]: rest.length === 0 ? (weak as Value) : change(value[step], rest, weak) };
}
