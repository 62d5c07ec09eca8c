/** Type tokens, brought to one form: a rule names a kind of resource once, however the program spelled it. */

/** Tokens that mean the same resource: deprecated twins, two names of one module. */
const twins: Readonly<Record<string, string>> = {
  "aws:alb": "aws:lb",
  "aws:applicationloadbalancing": "aws:lb",
  "aws:elasticloadbalancingv2": "aws:lb",
  "aws:elasticsearch/domain:Domain": "aws:opensearch/domain:Domain",
};

/**
 * `azure-native:storage/v20240101:StorageAccount` and a local package of that version → `azure-native:storage:StorageAccount`;
 * `aws:s3/bucketV2:BucketV2` → `aws:s3/bucket:Bucket`; `aws:alb/listener:Listener` → `aws:lb/listener:Listener`.
 */
export function canonicalType(token: string): string {
  const azure =
    /^azure-native(?:_[a-z0-9_]+?_v\d+(?:preview)?)?:([a-z0-9]+)(?:\/v\d+(?:preview)?)?:(\w+)$/i.exec(token);
  if (azure !== null) return `azure-native:${azure[1]}:${azure[2]}`;
  const aws = /^aws:(\w+)\/(\w+):(\w+)$/.exec(token);
  if (aws === null) return token;
  const [, module = "", file = "", name = ""] = aws;
  const isTwin = /V2$/.test(name) && module === "s3" && name !== "BucketObjectv2";
  const plain = isTwin ? `aws:${module}/${file.slice(0, -2)}:${name.slice(0, -2)}` : token;
  const moved = twins[`aws:${module}`];
  const renamed = moved === undefined ? plain : plain.replace(/^aws:\w+/, moved);
  return twins[renamed] ?? renamed;
}

/** The package of a token: `aws`, `azure-native`, `fieldlake`. */
export const packageOf = (token: string): string => token.split(":")[0] ?? token;
