import type { AwsAccess } from "./aws-client.ts";

/**
 * Has a function run soon, once at least: what it answers nobody hears. Rejects with an Error that names the function.
 *
 * @param name of the function
 */
export function invokeLater(access: AwsAccess, name: string): (event: object) => Promise<void> {
  // "Invoke" (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html): 202 for an event that is taken.
  const url = `${access.address("lambda")}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  return async (event) => {
    const answer = await access.fetch("lambda", url, {
      ...{ method: "POST", body: JSON.stringify(event) },
      headers: { "Content-Type": "application/json", "X-Amz-Invocation-Type": "Event" },
    });
    if (answer.status !== 202)
      throw new Error(
        `the function ${name} was not asked: ${answer.status} ${(await answer.text()).slice(0, 300)}`,
      );
  };
}
