import type { AwsAccess } from "./aws-client.ts";
import { awsJson } from "./aws-json.ts";

const bytes = 32;

/** 32 bytes that AWS Secrets Manager keeps as base64. Rejects where they can't be had. */
export async function secretBytes(access: AwsAccess, id: string): Promise<Uint8Array> {
  const answer = await awsJson(access, "secretsmanager", "GetSecretValue", { SecretId: id });
  if (!answer.ok) throw new Error(`the secret ${id} can't be read: HTTP ${answer.status}`);
  const { SecretString = "" } = (await answer.json()) as { readonly SecretString?: string };
  const value = Buffer.from(SecretString, "base64");
  if (value.length === bytes) return value;
  throw new Error(`the secret ${id} holds ${value.length} bytes; expected ${bytes} in base64`);
}
