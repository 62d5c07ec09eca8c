/**
 * Weaker words for a text that stands in a property, by what the text looks like and not by what the pack knows: another
 * generator would try the same. What makes nothing weaker is said, with its reason, in harmless.ts.
 */

/** Enumerations, service by service: the word and what is weaker. */
const weaker: Readonly<Record<string, readonly string[]>> = {
  // Keys and encryption.
  SSE_KMS: ["SSE_S3"], CSE_KMS: ["SSE_S3"], "aws:kms": ["AES256"], "aws:kms:dsse": ["AES256"], KMS: ["NONE", "AES256"],
  "SSE-KMS": ["DISABLED", "SSE-S3"], "CSE-KMS": ["DISABLED"], "SSE-KMS-WITH-SERVICE-ROLE": ["DISABLED"], "SSE-C": ["NONE"],
  CUSTOMER_MANAGED_CMK: ["AWS_OWNED_CMK"], CUSTOMER_MANAGED_KMS_KEY: ["AWS_OWNED_KEY", "AWS_OWNED_KMS_KEY"],
  CUSTOMER_MANAGED_KEY: ["AWS_OWNED_KEY"], "Microsoft.Keyvault": ["Microsoft.Storage", "Default"],
  "Microsoft.KeyVault": ["Microsoft.EventHub", "Microsoft.Storage", "Microsoft.Batch", "Microsoft.CognitiveServices"],
  "Microsoft.Automation": [], Account: ["Service"], SecureString: ["String"], awsKms: ["none"], AwsKms: ["none"], Premium: ["Standard", "Basic"], premium: ["standard"],
  // Transport.
  TLS: ["TLS_PLAINTEXT", "PLAINTEXT", "TCP"], SSL: ["PLAINTEXT"], SASL_SSL: ["SASL_PLAINTEXT"], HTTPS: ["HTTP"], https: ["http"], "https-only": ["http-only", "match-viewer", "allow-all"],
  "redirect-to-https": ["allow-all"], Https: ["Http"], SECURE_MQTT: ["DEFAULT", "HTTPS"], "TLSv1.2": ["TLSv1", "SSLv3", "TLSv1.1"],
  // Who.
  AWS_X509: ["CUSTOM_AUTH", "AWS_SIGV4"], AWS_IAM: ["NONE"], IAM: ["NONE"], JWT: ["NONE"], EXCLUSIVE_THING: ["NON_EXCLUSIVE_THING"], SNI_ONLY: ["DEFAULT"], DEFAULT: ["SNI_ONLY"],
  UserAssigned: ["None"], SystemAssigned: ["None"], "SystemAssigned, UserAssigned": ["None"], "SystemAssigned,UserAssigned": ["None"],
  Required: ["Optional", "OptionalInteractiveUser"], Require: ["Accept", "Ignore"], require: ["accept", "ignore"], required: ["preferred"], ServicePrincipal: ["User"], AADToken: ["Key"], Msi: ["ConnectionString", "UserToken"], identityBased: ["keyBased"],
  IdentityBased: ["KeyBased"], SubjectMatchesAuthenticationName: ["None"], None: ["Blob", "Container"], JobStorageAccount: ["SystemAccount"],
  // Exposure and keeping.
  Deny: ["Allow"], BucketOwnerEnforced: ["ObjectWriter", "BucketOwnerPreferred"], GOVERNANCE: ["NONE"], COMPLIANCE: ["GOVERNANCE"], Continuous: ["Periodic"], WARN: ["DISABLED"], Disabled: ["Enabled", "AllAllowed"],
  private: ["public-read", "public-read-write", "authenticated-read"], SecuredByPerimeter: ["Enabled"], Locked: ["Unlocked", "Disabled"], internal: ["internet-facing"],
  // Strength.
  ECDSA: ["RSA1024"], P256: ["P224"], P384: ["P224"], rotate: ["notify"], Rotate: ["Notify"], RSA: ["oct"], "RSA-HSM": ["oct"], "EC-HSM": ["oct"],
  Enabled: ["Disabled"], enabled: ["disabled"], ENABLED: ["DISABLED"], On: ["Off"], FtpsOnly: ["AllAllowed"],
}; // prettier-ignore

const foreignKey = "arn:aws:kms:eu-central-1:999999999999:key/99999999-0000-0000-0000-000000000000";

/** Owner, Contributor, User Access Administrator. */
const mighty = [
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
];

export function weakerTexts(value: string, path: string): readonly string[] {
  if (/^arn:[^:]*:kms:/.test(value) || /^alias\//.test(value))
    return [
      "alias/aws/s3",
      "arn:aws:kms:eu-central-1:123456789012:alias/aws/s3",
      "AWS_OWNED_KMS_KEY",
      foreignKey,
    ];
  if (/^https:\/\/[^/]+\.vault\.azure\.net/.test(value))
    return [
      value.replace("https", "http"),
      value.replace(/\/\/[^.]+/, "//somebody-elses"),
      ...(value.includes("/keys/") ? [`${value.replace(/\/$/, "")}/0123456789abcdef0123456789abcdef`] : []),
    ];
  const older = olderTls(value, path);
  if (older.length > 0) return older;
  if (/^(https|wss|mqtts|amqps|rediss):\/\//.test(value)) return [value.replace(/^(\w+)s:/, "$1:")];
  if (/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/i.test(value))
    return mighty.map((id) => value.replace(/[^/]+$/, id));
  if (/^arn:/.test(value)) return ["*", value.replace(/:\d{12}:.*/, ":999999999999:elsewhere")];
  if (/^\/subscriptions\//.test(value)) return [value.split("/").slice(0, 3).join("/"), `${value}-elsewhere`];
  if (/^\d+\.\d+\.\d+\.\d+(\/\d+)?$|^[0-9a-f:]+::\/\d+$/.test(value))
    return ["0.0.0.0/0", "::/0", "*", ...(value.endsWith("/0") ? [] : ["0.0.0.0/1", "128.0.0.0/1"])];
  if (/^(\w+\.)*amazonaws\.com$/.test(value)) return ["*"];
  return weaker[value] ?? [];
}

/** The version before, in the spelling of the value, and in every other. */
function olderTls(value: string, path: string): readonly string[] {
  if (!/tls|ssl/i.test(`${path} ${value}`) || !/1[._-]?[23](?!\d)/.test(value)) return [];
  if (/^IoTSecurityPolicy/.test(value))
    return ["IoTSecurityPolicy_TLS12_1_0_2016_01", "IoTSecurityPolicy_TLS12_1_0_2015_01"];
  if (/^ELBSecurityPolicy/.test(value))
    return [
      "ELBSecurityPolicy-2016-08",
      "ELBSecurityPolicy-TLS-1-1-2017-01",
      "ELBSecurityPolicy-TLS13-1-0-2021-06",
    ];
  if (/^Policy-Min/.test(value)) return ["Policy-Min-TLS-1-0-2019-07"];
  const same = [0, 1].map((minor) => value.replace(/1([._-]?)[23]/, `1$1${minor}`));
  return [
    ...new Set([
      ...same,
      "TLS1_0",
      "TLS1_1",
      "1.0",
      "1.1",
      "TLSv1",
      "TLSv1_2016",
      "Tls",
      "Tls10",
      "Tls11",
      "TLS_1_0",
      "SSLv3",
    ]),
  ];
}
