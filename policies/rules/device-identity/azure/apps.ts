/** An app that goes by the certificate of a device is behind a front end that has seen its key. */
import { all, isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { View } from "../../../kit/view.ts";

/** The setting by which an app says that it goes by client certificates. */
const sayingSo = (app: View): readonly View[] =>
  app.items("siteConfig.appSettings").filter((one) => one.value("name") === "CLIENT_CERTIFICATES");

export const azureAppsIdentityRules: readonly Rule[] = [
  {
    id: "azure-app-keep-client-certificates",
    theme: "device-identity",
    description: "An app of Fieldlake that goes by client certificates takes nobody without one",
    severity: "high",
    types: ["azure-native:web:WebApp"],
    controls: ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"],
    why: "What names the certificate is a header: where App Service does not write it, whoever asks does.",
    fix: 'set clientCertEnabled to true, clientCertMode to "Required" and the setting CLIENT_CERTIFICATES to "required"',
    concerns: (app, context) => context.isOurs(app.resource) && sayingSo(app).length > 0,
    check: all(isTrue("clientCertEnabled"), isOneOf("clientCertMode", ["Required"]), (app) =>
      sayingSo(app).map((one) => one.oneOf("value", ["required"])),
    ),
    example: {
      violation: "no clientCertEnabled",
      fixed: 'clientCertEnabled: true, clientCertMode: "Required"',
    },
  },
];
