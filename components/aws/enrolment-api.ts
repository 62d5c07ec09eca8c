import { Api } from "@pulumi/aws/apigatewayv2/api.js";
import { ApiMapping } from "@pulumi/aws/apigatewayv2/apiMapping.js";
import { DomainName } from "@pulumi/aws/apigatewayv2/domainName.js";
import { Integration } from "@pulumi/aws/apigatewayv2/integration.js";
import { Route } from "@pulumi/aws/apigatewayv2/route.js";
import { Stage } from "@pulumi/aws/apigatewayv2/stage.js";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { Function } from "@pulumi/aws/lambda/function.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import { interpolate, output, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { Authority } from "../shared/certificates.ts";
import type { AwsContext } from "./context.ts";
import type { Key } from "./keys.ts";
import { arn } from "./names.ts";
import { createTrustStore } from "./trust-store.ts";

export interface ApiArgs {
  readonly environment: string;
  readonly function: Function;
  readonly signer: Authority;
  readonly key: Key;
  readonly forceDestroy: boolean;
}

export interface EnrolmentPlaces {
  /** First certificates, by token; no client certificate is asked for. */
  readonly enrolmentUrl: Output<string>;
  /** Next certificates, by the former; null where no domain asks for client certificates. */
  readonly renewalUrl: Output<string | null>;
}

/** RFC 7030, and nothing else of the function. */
const routes = [
  "GET /.well-known/est/cacerts",
  "GET /.well-known/est/csrattrs",
  "POST /.well-known/est/simpleenroll",
  "POST /.well-known/est/simplereenroll",
] as const;

/** What comes in a second, of all devices; beyond it the gateway answers 429, and devices ask again later. */
const throttle = { throttlingRateLimit: 20, throttlingBurstLimit: 50 };

/** Who asked for what, and how it ended; no header, because a token stands in one. */
const accessLine = JSON.stringify({
  requestId: "$context.requestId",
  at: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  domain: "$context.domainName",
  certificate: "$context.identity.clientCert.subjectDN",
  serial: "$context.identity.clientCert.serialNumber",
  failure: "$context.integrationErrorMessage",
});

export function createEnrolmentApi(
  name: string,
  args: ApiArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): EnrolmentPlaces {
  const api = new Api(
    `${name}-est`,
    { protocolType: "HTTP", description: `Fieldlake: devices of ${args.environment} fetch certificates` },
    opts,
  );
  const child = { ...opts, parent: api };
  const integration = new Integration(
    `${name}-est-function`,
    {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: args.function.arn,
      payloadFormatVersion: "2.0",
      timeoutMilliseconds: 29_000,
    },
    child,
  );
  for (const routeKey of routes) {
    new Route(
      `${name}-est-${routeKey.split("/").at(-1)}`,
      // Whoever asks proves by token or certificate who it is, to the function.
      {
        apiId: api.id,
        routeKey,
        authorizationType: "NONE",
        target: interpolate`integrations/${integration.id}`,
      },
      child,
    );
  }
  const log = new LogGroup(
    `${name}-est-access`,
    { kmsKeyId: context.key.arn, retentionInDays: context.settings.logRetentionDays },
    child,
  );
  const stage = new Stage(
    `${name}-est-stage`,
    {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.arn, format: accessLine },
      defaultRouteSettings: { ...throttle, detailedMetricsEnabled: true },
    },
    child,
  );
  new Permission(
    `${name}-est-may-invoke`,
    {
      action: "lambda:InvokeFunction",
      function: args.function.name,
      principal: "apigateway.amazonaws.com",
      sourceAccount: context.accountId,
      sourceArn: arn(context, "execute-api", interpolate`${api.id}/*`),
    },
    child,
  );
  return {
    enrolmentUrl: output(api.apiEndpoint),
    renewalUrl: createRenewal(name, args, { api, stage }, context, child),
  };
}

/** A domain that lets nobody in without a certificate of the fleet's authority. */
function createRenewal(
  name: string,
  { signer, key, forceDestroy }: ApiArgs,
  { api, stage }: { readonly api: Api; readonly stage: Stage },
  context: AwsContext,
  opts: CustomResourceOptions,
): Output<string | null> {
  const domain = context.settings.enrolment?.domain;
  if (domain === undefined) return output(null);
  const store = createTrustStore(`${name}-trust-store`, { signer, key, forceDestroy }, context, opts);
  const at = new DomainName(
    `${name}-est-domain`,
    {
      domainName: domain.name,
      domainNameConfiguration: {
        certificateArn: domain.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      mutualTlsAuthentication: { truststoreUri: store.uri, truststoreVersion: store.version },
    },
    opts,
  );
  new ApiMapping(
    `${name}-est-mapping`,
    { apiId: api.id, domainName: at.id, stage: stage.id },
    { ...opts, parent: at },
  );
  return interpolate`https://${at.domainName}`;
}
