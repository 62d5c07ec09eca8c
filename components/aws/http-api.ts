import { Api } from "@pulumi/aws/apigatewayv2/api.js";
import { Integration } from "@pulumi/aws/apigatewayv2/integration.js";
import { Route } from "@pulumi/aws/apigatewayv2/route.js";
import { Stage } from "@pulumi/aws/apigatewayv2/stage.js";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { Function } from "@pulumi/aws/lambda/function.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";
import { arn } from "./names.ts";

export interface HttpApiArgs {
  readonly description: string;
  /** Knows itself who may ask it what: the gateway lets everybody by. */
  readonly function: Function;
  /** Each by a short name: `GET /.well-known/est/cacerts`. */
  readonly routes: Readonly<Record<string, string>>;
  /** Of all callers together; beyond it the gateway answers 429. */
  readonly throttle: { readonly throttlingRateLimit: number; readonly throttlingBurstLimit: number };
  /** What the log has of a request beside the usual. */
  readonly shown?: Readonly<Record<string, string>>;
}

export interface HttpApi {
  readonly api: Api;
  readonly stage: Stage;
  /** Options of what belongs to it. */
  readonly child: CustomResourceOptions;
}

/** Who asked for what, and how it ended; no header, because a token stands in one, and no parameter. */
const accessLine = {
  requestId: "$context.requestId",
  at: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
};

/** A function behind TLS, throttled and logged. */
export function createHttpApi(
  name: string,
  { description, function: answering, routes, throttle, shown = {} }: HttpApiArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): HttpApi {
  const api = new Api(name, { protocolType: "HTTP", description }, opts);
  const child = { ...opts, parent: api };
  const integration = new Integration(
    `${name}-function`,
    {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: answering.arn,
      payloadFormatVersion: "2.0",
      timeoutMilliseconds: 29_000,
    },
    child,
  );
  for (const [route, routeKey] of Object.entries(routes)) {
    const target = interpolate`integrations/${integration.id}`;
    new Route(`${name}-${route}`, { apiId: api.id, routeKey, authorizationType: "NONE", target }, child);
  }
  const log = new LogGroup(
    `${name}-access`,
    { kmsKeyId: context.key.arn, retentionInDays: context.settings.logRetentionDays },
    child,
  );
  const line = { ...accessLine, ...shown, failure: "$context.integrationErrorMessage" };
  const stage = new Stage(
    `${name}-stage`,
    {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.arn, format: JSON.stringify(line) },
      defaultRouteSettings: { ...throttle, detailedMetricsEnabled: true },
    },
    child,
  );
  new Permission(
    `${name}-may-invoke`,
    {
      action: "lambda:InvokeFunction",
      function: answering.name,
      principal: "apigateway.amazonaws.com",
      sourceAccount: context.accountId,
      sourceArn: arn(context, "execute-api", interpolate`${api.id}/*`),
    },
    child,
  );
  return { api, stage, child };
}
