/** Lambda behind an HTTP API: enrolment over the wire (EST), with mutual TLS where the API's domain asks for it. */

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { defaultKeys } from "../../fleet/authority/certificate-request.ts";
import { estHandler, readClientCertificate, type EstOptions } from "../../fleet/est/handler.ts";
import { awsAccess } from "../adapters/aws-client.ts";
import { currentIssuer } from "../adapters/current-issuer.ts";
import { dynamodbRegistry } from "../adapters/dynamodb-registry.ts";
import { required } from "../adapters/environment.ts";
import { kmsSigner } from "../adapters/kms-signer.ts";
import { lazily } from "../adapters/lazily.ts";
import { secretBytes } from "../adapters/secret.ts";

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

export const handler = lazily(() => {
  const { env } = process;
  const access = awsAccess(env);
  const environment = required(env, "ENVIRONMENT");
  const registry = dynamodbRegistry(access, required(env, "FLEET_TABLE"));
  const made = secretBytes(access, required(env, "TOKEN_SECRET")).then((tokenKey) =>
    createHandler({
      registry,
      issuer: currentIssuer(registry, environment, ({ keyId }) => kmsSigner(access, keyId)),
      roots: required(env, "TRUST_BUNDLE"),
      environment,
      keys: defaultKeys,
      days: Number(required(env, "CERTIFICATE_DAYS")),
      tokenKey,
    }),
  );
  return async (event: APIGatewayProxyEventV2) => (await made)(event);
});
