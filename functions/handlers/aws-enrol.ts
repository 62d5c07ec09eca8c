/** Lambda behind an HTTP API: enrolment over the wire (EST), with mutual TLS where the API's domain asks for it. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estHandler, readClientCertificate, type EstOptions } from "../../fleet/est/handler.ts";
import { awsEnrolment } from "../adapters/aws-enrolment.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { rootsFile } from "../agreements.ts";

export function createHandler(options: EstOptions) {
  const handle = estHandler(options, (error) => console.error(JSON.stringify({ enrolment: error.message })));
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { http, authentication } = event.requestContext;
    const { status, headers, body } = await handle({
      method: http.method,
      path: event.rawPath,
      contentType: event.headers["content-type"] ?? null,
      authorization: event.headers["authorization"] ?? null,
      body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
      certificate: readClientCertificate(authentication?.clientCert?.clientCertPem),
    });
    return { statusCode: status, headers: { ...headers }, body };
  };
}

async function made(env = process.env): Promise<ReturnType<typeof createHandler>> {
  const roots = readFileSync(join(required(env, "LAMBDA_TASK_ROOT"), rootsFile), "utf8");
  return createHandler({ ...(await awsEnrolment(env)), roots });
}

export const handler = lazily(() => {
  let handling: ReturnType<typeof made> | null = null;
  return async (event: APIGatewayProxyEventV2) => {
    handling ??= made();
    // A secret that can't be had now may be had by the next request.
    const handle = await handling.catch((error: unknown) => {
      handling = null;
      throw error;
    });
    return handle(event);
  };
});
