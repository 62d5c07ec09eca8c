/** Lambda behind an HTTP API: the environment's API, for programs with a token. Bundled by functions/build.ts. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { askingSettings } from "../adapters/asking-settings.ts";
import { awsAsking } from "../adapters/aws-asking.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { required, type Environment } from "../adapters/environment.ts";
import { requestOf, resultOf } from "../adapters/http-api-event.ts";
import { lazily } from "../adapters/lazily.ts";
import { s3Aside } from "../adapters/s3-aside.ts";
import type { AskingSettings } from "../agreements.ts";

/** @param folder where files of the lake are kept, of this instance alone */
export function handlerOf(env: Environment, settings: AskingSettings, folder?: string) {
  const access = awsAccess(env);
  const app = awsAsking(access, env, settings, folder);
  const putAside = s3Aside(access, required(env, "RESULTS_BUCKET"));
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const address = event.requestContext.http.sourceIp;
    return await resultOf(await app.fetch(requestOf(event), { address }), putAside);
  };
}

export const handler = lazily(() => handlerOf(process.env, askingSettings(import.meta.dirname)));
