/** Apps speak new TLS only, and no FTP. */
import { all, holds, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasAzureTls } from "../../../kit/tls-versions.ts";
import { isAbsent } from "../../../kit/value.ts";

const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

export const azureAppsTlsRules: readonly Rule[] = [
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
    id: "azure-app-require-safe-client-certificates",
    description: "An app that asks for client certificates insists on them, for every path",
    types: apps,
    controls: ["CKV_AZURE_17", "ab6a902f", "AZU-0001"],
    why: "An optional certificate proves nothing.",
    fix: 'set clientCertEnabled to true and clientCertMode to "Required", leave clientCertExclusionPaths out',
    // An app that says "Required" claims it, though App Service heeds the mode only beside the switch.
    concerns: (app) =>
      app.value("clientCertMode") === "Required" ||
      (app.value("clientCertEnabled") !== false && !isAbsent(app.value("clientCertEnabled"))),
    check: all(
      isTrue("clientCertEnabled"),
      isOneOf("clientCertMode", ["Required"]),
      holds("clientCertExclusionPaths", isAbsent, "absent"),
    ),
    example: {
      violation: 'clientCertMode: "Optional"',
      fixed: 'clientCertEnabled: true, clientCertMode: "Required"',
    },
  }),
];
