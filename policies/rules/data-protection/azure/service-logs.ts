/** Every service of Fieldlake writes down what it does. */
import { hasCompanion, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const setting = "azure-native:monitor:DiagnosticSetting";

export const azureServiceLogRules: readonly Rule[] = [
  {
    id: "azure-monitor-log-every-service",
    theme: "data-protection",
    description: "Every service of Fieldlake sends its logs to a workspace",
    severity: "medium",
    types: [
      "azure-native:keyvault:Vault",
      "azure-native:eventhub:Namespace",
      "azure-native:eventgrid:Namespace",
      "azure-native:eventgrid:Topic",
      "azure-native:eventgrid:SystemTopic",
      "azure-native:cosmosdb:DatabaseAccount",
      "azure-native:storage:StorageAccount",
      "azure-native:web:WebApp",
      "azure-native:iothub:IotHubResource",
      "azure-native:deviceprovisioningservices:IotDpsResource",
      "azure-native:network:VirtualNetwork",
      "azure-native:network:NetworkSecurityGroup",
      "azure-native:synapse:Workspace",
      "azure-native:operationalinsights:Workspace",
    ],
    reads: [setting],
    controls: ["MCSB LT-3", "NIST SP 800-53 AU-2"],
    why: "An attack that leaves no trace is not found.",
    fix: "add an azure-native.monitor.DiagnosticSetting with the service's id as resourceUri and a workspaceId",
    concerns: isOurs,
    check: hasCompanion([setting], "resourceUri", "a diagnostic setting", present(["logs", "workspaceId"])),
    example: { violation: "no DiagnosticSetting", fixed: "resourceUri: vault.id, workspaceId: workspace.id" },
  },
];
