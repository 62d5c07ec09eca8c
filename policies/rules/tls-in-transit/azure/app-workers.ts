/** TLS reaches an app's workers, not only its front. */
import { all, holds, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isNothing } from "../../../kit/value.ts";

const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

export const azureAppWorkersTlsRules: readonly Rule[] = [
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
];
