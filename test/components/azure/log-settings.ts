import { azureComputed } from "../azure-stand-ins.ts";
import type { Recording, Registration } from "../harness.ts";
import { logCategories } from "./log-categories.ts";

const allLogs = [{ categoryGroup: "allLogs", enabled: true }];
const allMetrics = [{ category: "AllMetrics", enabled: true }];

/** What of a plan is not logged as `log-categories.ts` says; empty where everything is. */
export function logFaults({ registrations }: Pick<Recording, "registrations">): string[] {
  const settings = registrations.filter(({ type }) => type === "azure-native:monitor:DiagnosticSetting");
  const native = registrations.filter(({ type }) => type.startsWith("azure-native:"));
  return native.flatMap((registration) => {
    const { type, name } = registration;
    const categories = logCategories[type.replace("azure-native:", "")];
    if (categories === undefined) return [`${type} ${name}: not in log-categories.ts`];
    if ("none" in categories) return [];
    const uri = `${idOf(registration)}${categories.at ?? ""}`;
    const found = settings
      .filter(({ inputs }) => inputs["resourceUri"] === uri)
      .map(({ inputs: { logs, metrics } }) => ({ logs, metrics }));
    const wanted = { logs: allLogs, metrics: categories.metrics ? allMetrics : undefined };
    return JSON.stringify(found) === JSON.stringify([wanted])
      ? []
      : [
          `${type} ${name}: logs ${categories.logs.join(", ")}; its settings: ${found.length === 0 ? "none" : JSON.stringify(found)}`,
        ];
  });
}

const idOf = ({ type, name, inputs }: Registration): string => azureComputed(type, name, inputs).id;
