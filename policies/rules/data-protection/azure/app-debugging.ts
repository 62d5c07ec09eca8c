/** Apps can't be debugged, nor called by every web page, from afar. */
import { all, holds, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isArray, isNothing } from "../../../kit/value.ts";

const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

export const azureAppDebuggingProtectionRules: readonly Rule[] = [
  {
    id: "azure-app-forbid-remote-debugging",
    theme: "data-protection",
    description: "Nobody debugs an app from afar, and no other site acts in its users' name",
    severity: "high",
    types: apps,
    controls: ["CKV_AZURE_72", "CKV_AZURE_57", "Azure.AppService.RemoteDebug"],
    why: "A debugger reads memory, secrets included.",
    fix: "leave siteConfig.remoteDebuggingEnabled false and name origins in siteConfig.cors.allowedOrigins",
    check: all(
      notTrue("siteConfig.remoteDebuggingEnabled"),
      holds(
        "siteConfig.cors.allowedOrigins",
        (origins) => isNothing(origins) || (isArray(origins) && !origins.includes("*")),
        "named origins",
      ),
    ),
    example: { violation: "remoteDebuggingEnabled: true", fixed: "remoteDebuggingEnabled: false" },
  },
];
