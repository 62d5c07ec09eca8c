/** IoT Core's control plane by signed HTTP (AWS IoT API reference); the address may be another one, for tests. */
import { createHash } from "node:crypto";
import type { AwsAccess } from "../../functions/adapters/aws-client.ts";
import type { IotCore } from "./aws-iot.ts";

export function iotCore({ fetch, address }: AwsAccess): IotCore {
  const call = async (
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: object } = {},
  ): Promise<Response> =>
    fetch("iot", `${address("iot")}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const done = async (what: string, answer: Response): Promise<Response> => {
    if (answer.ok) return answer;
    throw new Error(`IoT Core: ${what}: HTTP ${answer.status}, ${(await answer.text()).slice(0, 200)}`);
  };
  const part = encodeURIComponent;
  return {
    certificateId: (der) => createHash("sha256").update(der).digest("hex"),
    async describe(id) {
      const answer = await call("GET", `/certificates/${part(id)}`);
      if (answer.status === 404) return null;
      const { certificateDescription: found } = (await (
        await done("DescribeCertificate", answer)
      ).json()) as {
        certificateDescription: { certificateArn: string; status: string };
      };
      return { arn: found.certificateArn, status: found.status };
    },
    async policies(arn) {
      const answer = await done(
        "ListAttachedPolicies",
        await call("POST", `/attached-policies/${part(arn)}`, { body: {} }),
      );
      const { policies = [] } = (await answer.json()) as { policies?: { policyName: string }[] };
      return policies.map(({ policyName }) => policyName);
    },
    async things(arn) {
      const headers = { "x-amzn-principal": arn };
      const answer = await done("ListPrincipalThings", await call("GET", "/principals/things", { headers }));
      return ((await answer.json()) as { things?: string[] }).things ?? [];
    },
    async detachPolicy(arn, policy) {
      await done(
        "DetachPolicy",
        await call("POST", `/target-policies/${part(policy)}`, { body: { target: arn } }),
      );
    },
    async detachThing(arn, thing) {
      const headers = { "x-amzn-principal": arn };
      await done(
        "DetachThingPrincipal",
        await call("DELETE", `/things/${part(thing)}/principals`, { headers }),
      );
    },
    async setStatus(id, status) {
      await done("UpdateCertificate", await call("PUT", `/certificates/${part(id)}?newStatus=${status}`));
    },
    async remove(id) {
      await done("DeleteCertificate", await call("DELETE", `/certificates/${part(id)}`));
    },
  };
}
