/** Apps have no secrets in plain settings. */
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";
import { pass } from "../../../kit/verdict.ts";
import { settingCheck } from "./support/app-settings.ts";

const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

export const azureAppSecretsProtectionRules: readonly Rule[] = [
  {
    id: "azure-app-forbid-plain-secrets",
    theme: "data-protection",
    description: "Settings of an app hold references to secrets, not secrets",
    severity: "high",
    types: apps,
    controls: ["MCSB IM-8", "NIST SP 800-53 IA-5(7)"],
    why: "Settings are shown to everybody who may read the app, and have no key of the customer.",
    fix: "set the value to @Microsoft.KeyVault(SecretUri=…), or use an identity (…__accountName, …__credential)",
    concerns: (app) => !isNothing(app.value("siteConfig.appSettings")),
    check: (app) =>
      app
        .items("siteConfig.appSettings")
        .map(settingCheck)
        .concat(pass("siteConfig.appSettings", "looked at")),
    example: {
      violation: '{ name: "DB_PASSWORD", value: "…" }',
      fixed: '{ name: "DB_PASSWORD", value: "@Microsoft.KeyVault(SecretUri=…)" }',
    },
  },
];
