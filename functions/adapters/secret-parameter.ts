import type { AwsAccess } from "./aws-client.ts";
import { awsJson } from "./aws-json.ts";

/** A secret text that AWS Systems Manager keeps. Rejects where it can't be had. */
export async function secretParameter(access: AwsAccess, name: string): Promise<string> {
  const answer = await awsJson(access, "ssm", "GetParameter", { Name: name, WithDecryption: true });
  if (!answer.ok) throw new Error(`the parameter ${name} can't be read: HTTP ${answer.status}`);
  const { Parameter } = (await answer.json()) as { readonly Parameter?: { readonly Value?: string } };
  return Parameter?.Value ?? "";
}
