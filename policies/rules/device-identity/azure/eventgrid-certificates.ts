/** Clients of Event Grid prove who they are by a certificate of a known authority. */
import { hasCompanion } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const namespace = "azure-native:eventgrid:Namespace";
const byCertificate = [
  "SubjectMatchesAuthenticationName",
  "DnsMatchesAuthenticationName",
  "UriMatchesAuthenticationName",
  "IpMatchesAuthenticationName",
  "EmailMatchesAuthenticationName",
];
const identity = ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"];

export const azureEventgridCertificatesIdentityRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-require-certificates",
    theme: "device-identity",
    description: "Clients are known by certificates of an authority, or by named thumbprints",
    severity: "high",
    types: ["azure-native:eventgrid:Client"],
    controls: identity,
    why: "A client without a named certificate is anybody.",
    fix: 'set clientCertificateAuthentication.validationScheme to "SubjectMatchesAuthenticationName", or to "ThumbprintMatch" with allowedThumbprints',
    check: (view) =>
      view.value("clientCertificateAuthentication.validationScheme") === "ThumbprintMatch"
        ? [view.present("clientCertificateAuthentication.allowedThumbprints")]
        : [view.oneOf("clientCertificateAuthentication.validationScheme", byCertificate)],
    example: {
      violation: "no clientCertificateAuthentication",
      fixed: 'clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" }',
    },
  },
  {
    id: "azure-eventgrid-require-authority",
    theme: "device-identity",
    description: "An MQTT broker knows the authority that issues its clients' certificates",
    severity: "high",
    types: [namespace],
    reads: ["azure-native:eventgrid:CaCertificate"],
    controls: identity,
    why: "Without one, clients can only be known one by one, or by other means than certificates.",
    fix: "add an azure-native.eventgrid.CaCertificate for the namespace",
    concerns: (view) => view.value("topicSpacesConfiguration.state") === "Enabled",
    check: hasCompanion(
      ["azure-native:eventgrid:CaCertificate"],
      "namespaceName",
      "an azure-native.eventgrid.CaCertificate",
    ),
    example: {
      violation: "a Namespace alone",
      fixed: "new eventgrid.CaCertificate(name, { namespaceName: namespace.name, encodedCertificate })",
    },
  },
];
