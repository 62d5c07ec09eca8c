import { Resource } from "@pulumi/aws/cloudcontrol/resource.js";
import { DomainConfiguration } from "@pulumi/aws/iot/domainConfiguration.js";
import { jsonStringify, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { physicalName } from "../shared/naming.ts";
import type { AwsContext } from "./context.ts";
import { nameRules } from "./names.ts";

/** TLS 1.3, and 1.2 with forward secrecy (https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html). */
export const securityPolicy = "IoTSecurityPolicy_TLS13_1_2_2022_10";

export interface Endpoint {
  readonly name: Output<string>;
  readonly domainName: Output<string>;
}

export interface EndpointArgs {
  readonly environment: string;
  /** ARN of the function that is asked before a certificate is let in; null: nobody is asked. */
  readonly admission: Output<string> | null;
}

/** MQTT over TLS with a client certificate and nothing else, on a domain whose TLS floor is ours. */
export function createEndpoint(
  name: string,
  { environment, admission }: EndpointArgs,
  { settings: { domain } }: AwsContext,
  opts: CustomResourceOptions,
): Endpoint {
  if (admission !== null && domain !== undefined) {
    return checkedEndpoint(name, { environment, admission, domain }, opts);
  }
  return new DomainConfiguration(
    `${name}-endpoint`,
    {
      serviceType: "DATA",
      status: "ENABLED",
      applicationProtocol: "SECURE_MQTT",
      authenticationType: "AWS_X509",
      tlsConfig: { securityPolicy },
      ...(domain === undefined
        ? {}
        : { domainName: domain.name, serverCertificateArns: [domain.certificateArn] }),
    },
    // AWS deletes a domain of its own only a week after it was disabled, which no `destroy` waits for.
    { ...opts, ...(domain === undefined ? { retainOnDelete: true } : {}) },
  );
}

/** The same by the Cloud Control API: `iot.DomainConfiguration` has no client certificate callback (@pulumi/aws 7.48). */
function checkedEndpoint(
  name: string,
  args: EndpointArgs & {
    readonly admission: Output<string>;
    readonly domain: { readonly name: string; readonly certificateArn: string };
  },
  opts: CustomResourceOptions,
): Endpoint {
  const { environment, admission, domain } = args;
  const domainConfigurationName = physicalName(nameRules.domainConfiguration, environment, "devices");
  const made = new Resource(
    `${name}-endpoint`,
    {
      typeName: "AWS::IoT::DomainConfiguration",
      desiredState: jsonStringify({
        DomainConfigurationName: domainConfigurationName,
        DomainName: domain.name,
        ServerCertificateArns: [domain.certificateArn],
        ServiceType: "DATA",
        DomainConfigurationStatus: "ENABLED",
        ApplicationProtocol: "SECURE_MQTT",
        AuthenticationType: "AWS_X509",
        TlsConfig: { SecurityPolicy: securityPolicy },
        ClientCertificateConfig: { ClientCertificateCallbackArn: admission },
      }),
    },
    opts,
  );
  return {
    name: made.id.apply(() => domainConfigurationName),
    domainName: made.id.apply(() => domain.name),
  };
}
