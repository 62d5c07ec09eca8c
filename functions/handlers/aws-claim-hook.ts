/** Lambda that AWS IoT Core asks before it provisions a device that came with a claim. */
import { door } from "../../fleet/admission/door.ts";
import { claimHook, type HookEvent } from "../../fleet/claim/hook.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { dynamodbRegistry } from "../adapters/dynamodb-registry.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { registryFacts } from "../adapters/registry-door.ts";

export const handler = lazily(() => {
  const { env } = process;
  const registry = dynamodbRegistry(awsAccess(env), required(env, "FLEET_TABLE"));
  const judge = door({
    environment: required(env, "ENVIRONMENT"),
    enrolment: "registered",
    ...registryFacts(registry, env),
  });
  const decide = claimHook(judge, registry);
  return async (event: HookEvent): Promise<{ readonly allowProvisioning: boolean }> => {
    const verdict = await decide(event);
    if (!verdict.allow) {
      console.warn(JSON.stringify({ refused: verdict.reason, claim: event.claimCertificateId }));
    }
    return { allowProvisioning: verdict.allow };
  };
});
