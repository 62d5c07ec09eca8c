import { DomainConfiguration } from "@pulumi/aws/iot/domainConfiguration.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./context.ts";

/** TLS 1.3, and 1.2 with forward secrecy (https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html). */
export const securityPolicy = "IoTSecurityPolicy_TLS13_1_2_2022_10";

/** MQTT over TLS with a client certificate and nothing else, on a domain whose TLS floor is ours. */
export function createEndpoint(
  name: string,
  { settings: { domain } }: AwsContext,
  opts: CustomResourceOptions,
): DomainConfiguration {
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
