import type { Cases, RuleCases } from "../support/cases.ts";
import { resource, notKnownYet } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const version = (token: string, path: string, right: string, wrong: readonly string[]): Cases =>
  weakened({ token: t(token), inputs: nested(path, right), weak: { [path]: wrong } });
function nested(path: string, value: unknown): object {
  return path.split(".").reduceRight<unknown>((below, step) => ({ [step]: below }), value) as object;
}
const app = t("web:WebApp");
const gateway = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security";
const off = Object.fromEntries(
  ["", "Backend."].flatMap((side) =>
    ["Tls10", "Tls11", "Ssl30"].map((name) => [`${gateway}.${side}Protocols.${name}`, "false"]),
  ),
);
const linked = (properties: object) => resource(t("datafactory:LinkedService"), { properties });
const job = (datasource: object) =>
  resource(t("streamanalytics:StreamingJob"), { outputs: [{ datasource }] });

export const azureTlsCases: RuleCases = {
  "azure-storage-require-tls-version": version("storage:StorageAccount", "minimumTlsVersion", "TLS1_2", [
    "TLS1_0",
    "TLS1_1",
    "",
  ]),
  "azure-eventhub-require-tls-version": version("eventhub:Namespace", "minimumTlsVersion", "1.2", [
    "1.0",
    "1.1",
  ]),
  "azure-servicebus-require-tls-version": version("servicebus:Namespace", "minimumTlsVersion", "1.2", [
    "1.0",
    "1.1",
    "1.10",
  ]),
  "azure-redis-require-tls-version": version("redis:Redis", "minimumTlsVersion", "1.2", ["1.0"]),
  "azure-cosmosdb-require-tls-version": version("cosmosdb:DatabaseAccount", "minimalTlsVersion", "Tls12", [
    "Tls",
    "Tls11",
  ]),
  "azure-iothub-require-tls-version": version("iothub:IotHubResource", "properties.minTlsVersion", "1.2", [
    "1.0",
  ]),
  "azure-eventgrid-namespace-require-tls-version": version(
    "eventgrid:Namespace",
    "minimumTlsVersionAllowed",
    "1.2",
    ["1.0"],
  ),
  "azure-eventgrid-require-tls-version": version("eventgrid:Topic", "minimumTlsVersionAllowed", "1.2", [
    "1.1",
  ]),
  "azure-sql-require-tls-version": version("sql:Server", "minimalTlsVersion", "1.2", ["1.0", "None"]),
  "azure-storage-require-https": weakened({
    token: t("storage:StorageAccount"),
    inputs: { enableHttpsTrafficOnly: true },
    optional: { enableHttpsTrafficOnly: [false] },
  }),
  "azure-app-require-https": weakened({
    token: app,
    inputs: { httpsOnly: true },
    weak: { httpsOnly: [false] },
  }),
  "azure-app-require-tls-version": weakened({
    token: t("web:WebAppSlot"),
    inputs: { siteConfig: { minTlsVersion: "1.2", scmMinTlsVersion: "1.3" } },
    weak: { "siteConfig.minTlsVersion": ["1.0", "1.1"], "siteConfig.scmMinTlsVersion": ["1.0"] },
  }),
  "azure-app-forbid-ftp": weakened({
    token: app,
    inputs: { siteConfig: { ftpsState: "Disabled" } },
    weak: { "siteConfig.ftpsState": ["AllAllowed"] },
  }),
  "azure-app-require-tls-to-workers": weakened({
    token: app,
    inputs: { endToEndEncryptionEnabled: true, hostNameSslStates: [{ name: "h", sslState: "SniEnabled" }] },
    weak: { endToEndEncryptionEnabled: [false] },
    optional: { "hostNameSslStates[0].sslState": ["Disabled"] },
  }),
  "azure-app-require-safe-client-certificates": weakened({
    token: app,
    inputs: { clientCertEnabled: true, clientCertMode: "Required" },
    weak: { clientCertMode: ["Optional", "OptionalInteractiveUser"] },
    alsoWrong: [
      { clientCertEnabled: true, clientCertMode: "Required", clientCertExclusionPaths: "/public" },
      { clientCertEnabled: false, clientCertMode: "Required" },
      { clientCertMode: "Required" },
    ],
  }),
  "azure-containerapp-require-tls": weakened({
    token: t("app:ContainerApp"),
    inputs: { configuration: { ingress: { allowInsecure: false } } },
    optional: { "configuration.ingress.allowInsecure": [true] },
  }),
  "azure-containerapp-require-safe-client-certificates": weakened(
    {
      token: t("app:ContainerApp"),
      inputs: { configuration: { ingress: { clientCertificateMode: "require" } } },
      weak: { "configuration.ingress.clientCertificateMode": ["accept", "ignore"] },
    },
    { absent: "is right" },
  ),
  "azure-redis-forbid-plain-port": weakened({
    token: t("redis:Redis"),
    inputs: { enableNonSslPort: false },
    optional: { enableNonSslPort: [true] },
  }),
  "azure-apim-forbid-old-protocols": weakened({
    token: t("apimanagement:ApiManagementService"),
    inputs: { customProperties: off },
    weak: {
      customProperties: [
        {},
        { ...off, [`${gateway}.Protocols.Tls10`]: "true" },
        { ...off, [`${gateway}.Backend.Protocols.Ssl30`]: undefined },
      ],
    },
  }),
  "azure-apim-require-backend-tls": weakened({
    token: t("apimanagement:Backend"),
    inputs: { url: "https://backend" },
    weak: { url: ["http://backend"] },
    alsoWrong: [{ url: "https://backend", tls: { validateCertificateName: false } }],
  }),
  "azure-datafactory-require-tls": {
    compliant: [
      linked({ url: "https://api" }),
      linked({ connectionString: "Server=s;Encrypt=true", password: { type: "AzureKeyVaultSecret" } }),
    ],
    violating: [
      linked({ url: "http://api" }),
      linked({ connectionString: "Server=s;Encrypt=false" }),
      linked({ connectionString: "Server=s;Password=abc" }),
      linked({ password: { type: "SecureString", value: "x" } }),
    ],
    absent: "is right",
    unknown: [linked({ url: notKnownYet })],
  },
  "azure-eventgrid-require-tls-to-webhooks": weakened({
    token: t("eventgrid:EventSubscription"),
    inputs: { destination: { endpointType: "WebHook", endpointUrl: "https://hook" } },
    optional: { "destination.endpointUrl": ["http://hook"] },
  }),
  "azure-streamanalytics-require-tls": {
    compliant: [job({ type: "Raw", securityProtocol: "SaslSsl" })],
    violating: [job({ type: "Kafka", securityProtocol: "SaslPlaintext" }), job({ url: "http://sink" })],
    absent: "is right",
    unknown: "is right",
  },
};
