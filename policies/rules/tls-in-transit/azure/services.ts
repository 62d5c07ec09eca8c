/** Services that devices, applications and tools connect to. */
import {
  all,
  everywhere,
  holds,
  isHttps,
  isOneOf,
  isTrue,
  notFalse,
  notLike,
  notTrue,
} from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasAzureTls } from "../../../kit/tls-versions.ts";
import { isAbsent, isNothing, isObject, type Value } from "../../../kit/value.ts";
import { fail, pass } from "../../../kit/verdict.ts";

const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

/** Where services of one shape keep their lowest version. */
const versions: readonly {
  service: string;
  what: string;
  types: readonly string[];
  property: string;
  controls: readonly string[];
  spelt: string;
}[] = [
  {
    service: "storage",
    what: "A storage account",
    types: ["azure-native:storage:StorageAccount"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_44", "fe83a0eb", "AZU-0011", "Azure.Storage.MinTLS"],
    spelt: "TLS1_2",
  },
  {
    service: "eventhub",
    what: "An Event Hubs namespace",
    types: ["azure-native:eventhub:Namespace"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_223", "Azure.EventHub.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "servicebus",
    what: "A Service Bus namespace",
    types: ["azure-native:servicebus:Namespace"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_205", "Azure.ServiceBus.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "redis",
    what: "A Redis cache",
    types: ["azure-native:redis:Redis"],
    property: "minimumTlsVersion",
    controls: ["CKV_AZURE_148", "Azure.Redis.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "cosmosdb",
    what: "A Cosmos DB account",
    types: ["azure-native:cosmosdb:DatabaseAccount"],
    property: "minimalTlsVersion",
    controls: ["cosmosdb_account_minimum_tls_version", "Azure.Cosmos.MinTLS"],
    spelt: "Tls12",
  },
  {
    service: "iothub",
    what: "An IoT hub",
    types: ["azure-native:iothub:IotHubResource"],
    property: "properties.minTlsVersion",
    controls: ["Azure.IoTHub.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "eventgrid-namespace",
    what: "An MQTT broker",
    types: ["azure-native:eventgrid:Namespace"],
    property: "minimumTlsVersionAllowed",
    controls: ["Azure.EventGrid.MinTLS"],
    spelt: "1.2",
  },
  {
    service: "eventgrid",
    what: "An event topic or domain",
    types: [
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:Domain",
      "azure-native:eventgrid:PartnerNamespace",
    ],
    property: "minimumTlsVersionAllowed",
    controls: ["Azure.EventGrid.TopicTLS", "Azure.EventGrid.DomainTLS"],
    spelt: "1.2",
  },
  {
    service: "sql",
    what: "A SQL server",
    types: ["azure-native:sql:Server"],
    property: "minimalTlsVersion",
    controls: ["CKV_AZURE_52", "AZU-0026", "Azure.SQL.MinTLS"],
    spelt: "1.2",
  },
];

const versionRule = ({ service, what, types, property, controls, spelt }: (typeof versions)[number]): Rule =>
  tlsRule({
    id: `azure-${service}-require-tls-version`,
    description: `${what} takes connections under TLS 1.2 or later only`,
    types,
    controls: [...controls, "MCSB DP-3", "NIST SP 800-52"],
    fix: `set ${property} to "${spelt}"`,
    check: hasAzureTls(property),
    example: { violation: `no ${property}`, fixed: `${property}: "${spelt}"` },
  });

/** Names of API Management's protocols that are to be off, towards clients and towards backends. */
const oldProtocols = ["", "Backend."].flatMap((side) =>
  ["Tls10", "Tls11", "Ssl30"].map(
    (name) => `Microsoft.WindowsAzure.ApiManagement.Gateway.Security.${side}Protocols.${name}`,
  ),
);
const isOff = (value: Value): boolean => typeof value === "string" && value.toLowerCase() === "false";

export const azureTlsRules: readonly Rule[] = [
  ...versions.map(versionRule),
  tlsRule({
    id: "azure-storage-require-https",
    description: "A storage account answers HTTPS only",
    types: ["azure-native:storage:StorageAccount"],
    controls: ["CKV_AZURE_3", "404c3081", "AZU-0008", "Azure.Storage.SecureTransfer", "MCSB DP-3"],
    fix: "leave enableHttpsTrafficOnly true",
    check: (view, context) =>
      (context.isOurs(view.resource) ? isTrue : notFalse)("enableHttpsTrafficOnly")(view, context),
    remediate: (inputs) =>
      inputs["enableHttpsTrafficOnly"] === false ? { enableHttpsTrafficOnly: true } : null,
    example: { violation: "enableHttpsTrafficOnly: false", fixed: "enableHttpsTrafficOnly: true" },
  }),
  tlsRule({
    id: "azure-app-require-https",
    description: "An app sends everybody to HTTPS",
    types: apps,
    controls: [
      "CKV_AZURE_14",
      "CKV_AZURE_70",
      "CKV_AZURE_153",
      "6d555dd1",
      "a4af4a39",
      "AZU-0004",
      "Azure.AppService.UseHTTPS",
      "MCSB DP-3",
    ],
    fix: "set httpsOnly to true",
    check: isTrue("httpsOnly"),
    remediate: (inputs) => (inputs["httpsOnly"] === true ? null : { httpsOnly: true }),
    example: { violation: "httpsOnly: false", fixed: "httpsOnly: true" },
  }),
  tlsRule({
    id: "azure-app-require-tls-version",
    description: "An app and its tools take connections under TLS 1.2 or later only",
    types: apps,
    controls: ["CKV_AZURE_15", "CKV_AZURE_145", "f9d614c5", "f0e6e85b", "AZU-0006", "MCSB DP-3"],
    fix: 'set siteConfig.minTlsVersion and siteConfig.scmMinTlsVersion to "1.2"',
    check: hasAzureTls(["siteConfig.minTlsVersion", "siteConfig.scmMinTlsVersion"]),
    example: { violation: 'minTlsVersion: "1.0"', fixed: 'minTlsVersion: "1.2", scmMinTlsVersion: "1.2"' },
  }),
  tlsRule({
    id: "azure-app-forbid-ftp",
    description: "Nobody publishes to an app by plain FTP",
    types: apps,
    controls: ["CKV_AZURE_78", "399b2637", "4d24b6d4", "Azure.AppService.WebSecureFtp"],
    fix: 'set siteConfig.ftpsState to "Disabled"',
    check: isOneOf("siteConfig.ftpsState", ["Disabled", "FtpsOnly"]),
    example: { violation: 'ftpsState: "AllAllowed"', fixed: 'ftpsState: "Disabled"' },
  }),
  tlsRule({
    id: "azure-app-require-tls-to-workers",
    description:
      "Traffic of an app is encrypted to the last hop, and no host name answers without a certificate",
    severity: "medium",
    types: apps,
    controls: ["387140f1", "af1d7e88", "MCSB DP-3"],
    fix: "set endToEndEncryptionEnabled to true and leave hostNameSslStates[].sslState from Disabled",
    unsupported: (app) =>
      isNothing(app.value("functionAppConfig"))
        ? null
        : {
            reason: "the switch is one of App Service plans, which Flex Consumption is not",
            compensatingControl:
              "front ends take TLS 1.2 or later only, and the last hop stays in the platform's own network",
          },
    check: all(
      isTrue("endToEndEncryptionEnabled"),
      holds(
        "hostNameSslStates[]?.sslState",
        (state) => state !== "Disabled" && state !== 0,
        "SniEnabled, IpBasedEnabled",
      ),
    ),
    example: { violation: "no endToEndEncryptionEnabled", fixed: "endToEndEncryptionEnabled: true" },
  }),
  tlsRule({
    id: "azure-app-require-safe-client-certificates",
    description: "An app that asks for client certificates insists on them, for every path",
    types: apps,
    controls: ["CKV_AZURE_17", "ab6a902f", "AZU-0001"],
    why: "An optional certificate proves nothing.",
    fix: 'set clientCertMode to "Required" and leave clientCertExclusionPaths out',
    concerns: (app) => app.value("clientCertEnabled") !== false && !isAbsent(app.value("clientCertEnabled")),
    check: all(
      isOneOf("clientCertMode", ["Required"]),
      holds("clientCertExclusionPaths", isAbsent, "absent"),
    ),
    example: { violation: 'clientCertMode: "Optional"', fixed: 'clientCertMode: "Required"' },
  }),
  tlsRule({
    id: "azure-containerapp-require-tls",
    description: "A container app answers HTTPS only",
    types: ["azure-native:app:ContainerApp"],
    controls: ["Azure.ContainerApp.Insecure", "MCSB DP-3"],
    fix: "leave configuration.ingress.allowInsecure false",
    check: notTrue("configuration.ingress.allowInsecure"),
    example: { violation: "allowInsecure: true", fixed: "allowInsecure: false" },
  }),
  tlsRule({
    id: "azure-redis-forbid-plain-port",
    description: "A Redis cache has no plain port",
    types: ["azure-native:redis:Redis"],
    controls: ["CKV_AZURE_91", "22bee202", "Azure.Redis.NonSslPort", "MCSB DP-3"],
    fix: "leave enableNonSslPort false",
    check: notTrue("enableNonSslPort"),
    example: { violation: "enableNonSslPort: true", fixed: "enableNonSslPort: false" },
  }),
  tlsRule({
    id: "azure-apim-forbid-old-protocols",
    description: "An API gateway knows neither SSL 3.0 nor TLS 1.0 and 1.1, to clients and to backends",
    types: ["azure-native:apimanagement:ApiManagementService"],
    controls: ["CKV_AZURE_173", "ee7495e7", "Azure.APIM.Protocols", "MCSB DP-3"],
    fix: 'set customProperties["Microsoft.WindowsAzure.ApiManagement.Gateway.Security.(Backend.)Protocols.(Tls10|Tls11|Ssl30)"] to "false", all six',
    check: everywhere("customProperties", (view, path) => {
      const properties = view.value(path);
      if (!isObject(properties)) return view.test(path, () => false, 'six protocols that are "false"');
      const on = oldProtocols.find((name) => !isOff(properties[name]));
      return on === undefined
        ? view.test(path, () => true)
        : fail(`${view.path(path)}["${on}"]`, isAbsent(properties[on]) ? "absent" : "on", '"false"');
    }),
    example: {
      violation: "no customProperties",
      fixed: 'customProperties: { "…Security.Protocols.Tls10": "false", … }',
    },
  }),
  tlsRule({
    id: "azure-apim-require-backend-tls",
    description: "An API gateway reaches its backends by HTTPS, and checks whom it reached",
    types: ["azure-native:apimanagement:Backend"],
    controls: ["CKV_AZURE_215", "CKV_AZURE_152", "Azure.APIM.HTTPBackend"],
    fix: "set url to an https:// address and leave tls.validateCertificateChain and tls.validateCertificateName true",
    check: all(isHttps("url"), notFalse(["tls.validateCertificateChain", "tls.validateCertificateName"])),
    example: { violation: 'url: "http://backend"', fixed: 'url: "https://backend"' },
  }),
  tlsRule({
    id: "azure-datafactory-require-tls",
    description: "A data factory reaches sources and sinks under TLS, and keeps their passwords in a vault",
    types: ["azure-native:datafactory:LinkedService"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "use https:// addresses, encrypt=true in connection strings, and passwords of type AzureKeyVaultSecret",
    check: all(
      notLike("properties.url", /^http:/i, "an https:// address"),
      notLike("properties.connectionString", /encrypt\s*=\s*(false|no|optional)/i, "encrypt=true"),
      notLike(
        "properties.connectionString",
        /(password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s]/i,
        "no password",
      ),
      holds(
        "properties.password",
        (value) => isAbsent(value) || (isObject(value) && value["type"] === "AzureKeyVaultSecret"),
        "an AzureKeyVaultSecret",
      ),
    ),
    example: {
      violation: 'connectionString: "…;Encrypt=false"',
      fixed: 'connectionString: "…;Encrypt=true", password: { type: "AzureKeyVaultSecret", … }',
    },
  }),
  tlsRule({
    id: "azure-eventgrid-require-tls-to-webhooks",
    description: "Events are sent to HTTPS addresses only",
    types: [
      "azure-native:eventgrid:EventSubscription",
      "azure-native:eventgrid:SystemTopicEventSubscription",
      "azure-native:eventgrid:TopicEventSubscription",
    ],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set destination.endpointUrl to an https:// address",
    concerns: (view) => !isNothing(view.value("destination")),
    check: all(
      notLike("destination.endpointUrl", /^http:/i, "an https:// address"),
      notLike("deliveryWithResourceIdentity.destination.endpointUrl", /^http:/i, "an https:// address"),
      holds(
        "destination.minimumTlsVersionAllowed",
        (version) => isAbsent(version) || /^1\.[23]$/.test(String(version)),
        "1.2, 1.3, absent",
      ),
    ),
    example: { violation: 'endpointUrl: "http://hook"', fixed: 'endpointUrl: "https://hook"' },
  }),
  tlsRule({
    id: "azure-streamanalytics-require-tls",
    description: "A streaming job writes to Kafka and web addresses under TLS",
    types: ["azure-native:streamanalytics:StreamingJob", "azure-native:streamanalytics:Output"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: 'set securityProtocol of Kafka data sources to "SaslSsl" or "MutualTls" and use https:// addresses',
    check: (view) => {
      const text = JSON.stringify(view.resource.inputs, (_, value: unknown) =>
        typeof value === "symbol" ? null : value,
      );
      const plain =
        /"securityProtocol":"(\w*Plaintext\w*)"/i.exec(text)?.[1] ?? /"(http:\/\/)/i.exec(text)?.[1];
      return [
        plain === undefined
          ? pass("datasource", "under TLS")
          : fail("datasource", `"${plain}"`, "SaslSsl, MutualTls, https"),
      ];
    },
    example: { violation: 'securityProtocol: "SaslPlaintext"', fixed: 'securityProtocol: "SaslSsl"' },
  }),
];
