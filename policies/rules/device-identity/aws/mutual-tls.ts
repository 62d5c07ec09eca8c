/** An API that asks for certificates has no other door. */
import type { Context } from "../../../kit/context.ts";
import { isLike, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

const domains = ["aws:apigateway/domainName:DomainName", "aws:apigatewayv2/domainName:DomainName"];
const asks = (domain: View): boolean => !isAbsent(domain.value("mutualTlsAuthentication"));
/** What joins an API of each kind to a domain, and how it names the API. */
const joined: Readonly<Record<string, { readonly by: string; readonly as: string }>> = {
  "aws:apigatewayv2/api:Api": { by: "aws:apigatewayv2/apiMapping:ApiMapping", as: "apiId" },
  "aws:apigateway/restApi:RestApi": { by: "aws:apigateway/basePathMapping:BasePathMapping", as: "restApi" },
};
function isBehindCertificates({ resource }: View, context: Context): boolean {
  const { graph } = context;
  const mapping = joined[resource.type];
  if (mapping === undefined) return false;
  return graph
    .referring(resource, [mapping.by], mapping.as)
    .found.flatMap((one) => graph.referred(one, "domainName", domains).found)
    .some((domain) => asks(context.view(domain)));
}
const controls = ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"];

export const awsMutualTlsIdentityRules: readonly Rule[] = [
  {
    id: "aws-apigateway-require-trust-store",
    theme: "device-identity",
    description: "A domain that asks for certificates names the authorities that it trusts",
    severity: "high",
    types: domains,
    controls,
    why: "Without authorities no certificate is asked for, whatever the program says.",
    fix: "set mutualTlsAuthentication.truststoreUri to the s3:// address of the authorities' certificates",
    concerns: asks,
    check: isLike("mutualTlsAuthentication.truststoreUri", /^s3:\/\/./i, "an s3:// address"),
    example: { violation: "mutualTlsAuthentication: {}", fixed: "truststoreUri: `s3://${bucket.id}/ca.pem`" },
  },
  {
    id: "aws-apigateway-close-default-endpoint",
    theme: "device-identity",
    description: "An API whose domain asks for certificates is not reached past the domain",
    severity: "high",
    types: Object.keys(joined),
    reads: [...domains, ...Object.values(joined).map(({ by }) => by)],
    controls,
    why: "The API's own address, execute-api, asks nobody for a certificate.",
    fix: "set disableExecuteApiEndpoint to true",
    concerns: isBehindCertificates,
    unsupported: (view, context) =>
      context.isOurs(view.resource)
        ? {
            reason: "a device without a certificate fetches its first one at the same API, by its token",
            compensatingControl:
              "the function renews for nobody whose certificate the domain did not check, and enrols by token only",
          }
        : null,
    check: isTrue("disableExecuteApiEndpoint"),
    example: { violation: "no disableExecuteApiEndpoint", fixed: "disableExecuteApiEndpoint: true" },
  },
];
