import type { Api } from "@pulumi/aws/apigatewayv2/api.js";
import { ApiMapping } from "@pulumi/aws/apigatewayv2/apiMapping.js";
import { DomainName } from "@pulumi/aws/apigatewayv2/domainName.js";
import type { Stage } from "@pulumi/aws/apigatewayv2/stage.js";
import type { Function } from "@pulumi/aws/lambda/function.js";
import { interpolate, output, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { Authority } from "../shared/certificates.ts";
import type { AwsContext } from "./context.ts";
import { createHttpApi } from "./http-api.ts";
import type { Key } from "./keys.ts";
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

/** Of the client's certificate. */
const accessFacts = {
  domain: "$context.domainName",
  certificate: "$context.identity.clientCert.subjectDN",
  serial: "$context.identity.clientCert.serialNumber",
};

export function createEnrolmentApi(
  name: string,
  args: ApiArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): EnrolmentPlaces {
  const { api, stage, child } = createHttpApi(
    `${name}-est`,
    {
      description: `Fieldlake: devices of ${args.environment} fetch certificates`,
      function: args.function,
      // Whoever asks proves by token or certificate who it is, to the function.
      routes: Object.fromEntries(routes.map((route) => [route.split("/").at(-1) as string, route])),
      throttle,
      shown: accessFacts,
    },
    context,
    opts,
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
