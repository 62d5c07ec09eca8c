/** Devices on Azure: who they are, and what each may reach. */
import {
  absent,
  all,
  everywhere,
  hasCompanion,
  holds,
  isOneOf,
  isTrue,
  present,
} from "../../kit/requirements.ts";
import type { Rule } from "../../kit/rule.ts";
import { isAbsent, isArray, isNothing } from "../../kit/value.ts";
import { pass } from "../../kit/verdict.ts";

const space = "azure-native:eventgrid:TopicSpace";
const namespace = "azure-native:eventgrid:Namespace";
const hub = "azure-native:iothub:IotHubResource";
const own = "${client.authenticationName}";
const byCertificate = [
  "SubjectMatchesAuthenticationName",
  "DnsMatchesAuthenticationName",
  "UriMatchesAuthenticationName",
  "IpMatchesAuthenticationName",
  "EmailMatchesAuthenticationName",
];
const identity = ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"];
const noKey = (service: string, where: string) => () => ({
  reason: `${service} has no customer-managed key in its stable API`,
  compensatingControl: `it keeps messages for a short time only, and ${where} is under a key of the customer`,
});

const unsupportedKey = (id: string, what: string, types: readonly string[], where: string): Rule => ({
  id,
  theme: "cmk-at-rest",
  description: `${what} is encrypted under a key of the customer`,
  severity: "medium",
  types,
  controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
  why: "Without it Microsoft's own key opens the data.",
  fix: "keep retention short and send everything on to a store under a key of the customer",
  unsupported: noKey(what.replace(/^An? /, ""), where),
  check: () => [],
  example: {
    violation: "none: the service can't",
    fixed: "a short retention, and a route to a store with a key",
  },
});

/** Levels of a template that anybody could fill: all but the device's own. */
function isNarrow(template: unknown): boolean {
  if (typeof template !== "string") return false;
  const before = template.split(own)[0] ?? "";
  return template.includes(own) && !/[#+]/.test(before);
}

export const azureIdentityRules: readonly Rule[] = [
  {
    id: "azure-eventgrid-bind-topics-to-client",
    theme: "device-identity",
    description: "A device reaches its own topics only",
    severity: "critical",
    types: [space],
    controls: ["NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6", "ETSI EN 303 645 5.5-5"],
    why: "With one wildcard a single stolen device reads and forges the whole fleet's messages.",
    fix: "begin every one of topicTemplates with levels that name the client: devices/${client.authenticationName}/telemetry",
    check: everywhere("topicTemplates", (view, path) =>
      view.test(
        path,
        (templates) => isArray(templates) && templates.length > 0 && templates.every(isNarrow),
        `templates with ${own}`,
      ),
    ),
    example: {
      violation: 'topicTemplates: ["devices/#"]',
      fixed: 'topicTemplates: ["devices/${client.authenticationName}/#"]',
    },
  },
  {
    id: "azure-eventgrid-require-group-on-binding",
    theme: "device-identity",
    description: "Rights of Fieldlake's broker are given to a named group of clients",
    severity: "medium",
    types: ["azure-native:eventgrid:PermissionBinding"],
    controls: ["NIST SP 800-53 AC-6"],
    why: "Every client that ever registers would have them.",
    fix: "set clientGroupName to a group of the stack and permission to Publisher or Subscriber",
    check: all(
      isOneOf("permission", ["Publisher", "Subscriber"]),
      present("topicSpaceName"),
      holds(
        "clientGroupName",
        (name) => typeof name === "string" && name !== "" && name !== "$all",
        "a group of the stack",
      ),
    ),
    example: { violation: 'clientGroupName: "$all"', fixed: "clientGroupName: devices.name" },
  },
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
  {
    id: "azure-eventgrid-forbid-shared-keys",
    theme: "device-identity",
    description: "Nobody publishes events by a shared key",
    severity: "high",
    types: [
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:Domain",
      "azure-native:eventgrid:PartnerNamespace",
    ],
    controls: ["MCSB IM-1", "NIST SP 800-53 IA-2", "Azure.EventGrid.DisableLocalAuth"],
    why: "A shared key names nobody, and lives until somebody changes it.",
    fix: "set disableLocalAuth to true",
    check: isTrue("disableLocalAuth"),
    example: { violation: "disableLocalAuth: false", fixed: "disableLocalAuth: true" },
  },
  unsupportedKey(
    "azure-eventgrid-require-customer-key",
    "An Event Grid namespace or topic",
    [namespace, "azure-native:eventgrid:Topic", "azure-native:eventgrid:Domain"],
    "the Event Hubs namespace that it sends to",
  ),
  {
    id: "azure-iothub-forbid-shared-keys",
    theme: "device-identity",
    description: "Devices of an IoT hub are known by certificates, services by roles",
    severity: "high",
    types: [hub],
    controls: [...identity, "MCSB IM-1"],
    why: "A shared access key is copied without a trace.",
    fix: "set properties.disableLocalAuth to true (or properties.disableDeviceSAS and disableModuleSAS)",
    check: (view) =>
      isAbsent(view.value("properties.disableLocalAuth"))
        ? [view.isTrue("properties.disableDeviceSAS"), view.isTrue("properties.disableModuleSAS")]
        : [view.isTrue("properties.disableLocalAuth")],
    example: { violation: "no disableLocalAuth", fixed: "disableLocalAuth: true" },
  },
  {
    id: "azure-iothub-require-identity-on-routes",
    theme: "device-identity",
    description: "An IoT hub reaches what it routes to as itself, without connection strings",
    severity: "high",
    types: [hub],
    controls: ["MCSB IM-1", "NIST SP 800-53 SC-28(1)"],
    why: "A connection string is a key that names nobody.",
    fix: 'set authenticationType of every endpoint in properties.routing.endpoints and properties.storageEndpoints to "identityBased"',
    concerns: (view) =>
      !isNothing(view.value("properties.routing.endpoints")) ||
      !isNothing(view.value("properties.storageEndpoints")),
    check: (view) =>
      ["eventHubs", "serviceBusQueues", "serviceBusTopics", "storageContainers", "cosmosDBSqlContainers"]
        .flatMap((kind) => view.items(`properties.routing.endpoints.${kind}`))
        .map((endpoint) => endpoint.oneOf("authenticationType", ["identityBased"]))
        .concat(pass("properties.routing.endpoints", "looked at")),
    example: {
      violation: "eventHubs: [{ connectionString }]",
      fixed: 'eventHubs: [{ authenticationType: "identityBased", endpointUri, entityPath }]',
    },
  },
  unsupportedKey("azure-iothub-require-customer-key", "An IoT hub", [hub], "every place that it routes to"),
  {
    id: "azure-dps-require-verified-authority",
    theme: "device-identity",
    description: "An authority of devices is registered by who has its key",
    severity: "high",
    types: ["azure-native:deviceprovisioningservices:DpsCertificate"],
    controls: identity,
    why: "Devices of an authority that somebody else controls would be let in.",
    fix: "set properties.isVerified to true after proof of possession",
    check: isTrue("properties.isVerified"),
    example: { violation: "isVerified: false", fixed: "isVerified: true" },
  },
  unsupportedKey(
    "azure-dps-require-customer-key",
    "A device provisioning service",
    ["azure-native:deviceprovisioningservices:IotDpsResource"],
    "it keeps registrations only, and what devices send",
  ),
  {
    id: "azure-digitaltwins-require-identity",
    theme: "device-identity",
    description: "Digital twins send events on as themselves, without keys",
    severity: "medium",
    types: ["azure-native:digitaltwins:DigitalTwinsEndpoint"],
    controls: ["MCSB IM-1"],
    why: "A key in an endpoint is copied without a trace.",
    fix: 'set properties.authenticationType to "IdentityBased" and leave accessKey1, connectionString and deadLetterSecret out',
    check: all(
      isOneOf("properties.authenticationType", ["IdentityBased"]),
      absent(["properties.deadLetterSecret", "properties.primaryConnectionString"]),
    ),
    example: { violation: 'authenticationType: "KeyBased"', fixed: 'authenticationType: "IdentityBased"' },
  },
  unsupportedKey(
    "azure-digitaltwins-require-customer-key",
    "A digital twins instance",
    ["azure-native:digitaltwins:DigitalTwin"],
    "every endpoint that it sends to",
  ),
];
