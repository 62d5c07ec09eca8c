/** API Management speaks new TLS, to clients and to what it calls. */
import { all, everywhere, isHttps, notFalse } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { type Value, isAbsent, isObject } from "../../../kit/value.ts";
import { fail } from "../../../kit/verdict.ts";

/** Names of API Management's protocols that are to be off, towards clients and towards backends. */
const oldProtocols = ["", "Backend."].flatMap((side) =>
  ["Tls10", "Tls11", "Ssl30"].map(
    (name) => `Microsoft.WindowsAzure.ApiManagement.Gateway.Security.${side}Protocols.${name}`,
  ),
);
const isOff = (value: Value): boolean => typeof value === "string" && value.toLowerCase() === "false";

export const azureApimanagementTlsRules: readonly Rule[] = [
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
    controls: ["CKV_AZURE_215", "Azure.APIM.HTTPBackend"],
    fix: "set url to an https:// address and leave tls.validateCertificateChain and tls.validateCertificateName true",
    check: all(isHttps("url"), notFalse(["tls.validateCertificateChain", "tls.validateCertificateName"])),
    example: { violation: 'url: "http://backend"', fixed: 'url: "https://backend"' },
  }),
];
