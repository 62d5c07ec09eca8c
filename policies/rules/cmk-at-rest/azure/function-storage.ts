/** A function app keeps its state in a storage account that a rule sees. */
import type { Rule } from "../../../kit/rule.ts";
import { fail, pass, undetermined } from "../../../kit/verdict.ts";

const account = "azure-native:storage:StorageAccount";
const apps = ["azure-native:web:WebApp", "azure-native:web:WebAppSlot"];

export const azureFunctionStorageKeyRules: readonly Rule[] = [
  {
    id: "azure-function-require-own-storage",
    theme: "cmk-at-rest",
    description: "A function app works on a storage account of the stack, whose encryption is judged",
    severity: "high",
    types: apps,
    reads: [account],
    controls: ["MCSB DP-5", "NIST SP 800-53 SC-28(1)"],
    why: "Its code, keys and queues lie in that account.",
    fix: "set AzureWebJobsStorage__accountName to the name of a storage account of the stack",
    concerns: (app) =>
      app
        .items("siteConfig.appSettings")
        .some((one) => one.value("name") === "AzureWebJobsStorage__accountName"),
    check: (app, { graph }) =>
      app
        .items("siteConfig.appSettings")
        .filter((one) => one.value("name") === "AzureWebJobsStorage__accountName")
        .map((one) => {
          const { found, isOpen } = graph.referred(app.resource, "siteConfig", [account], one.value("value"));
          if (found.length > 0) return pass(one.path("value"), found.map(({ name }) => name).join(", "));
          return isOpen
            ? undetermined(one.path("value"))
            : fail(one.path("value"), "another account", "an account of this stack");
        }),
    example: { violation: 'value: "elsewhere"', fixed: "value: account.name" },
  },
];
