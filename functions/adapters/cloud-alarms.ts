import { join } from "node:path";
import { alarmRulesFile } from "../agreements.ts";
import { CloudBook } from "../alarms/cloud-book.ts";
import { cloudRules, type CloudRules } from "../alarms/cloud-rules.ts";
import type { KeptDocuments } from "../core/kept-documents.ts";
import type { Tell } from "../alarms/tell.ts";
import type { AlarmRule } from "../core/alarm-rule.ts";
import { jsonBeside } from "./json-beside.ts";

/** What a function does for the rules of its environment. */
export interface CloudAlarms {
  readonly rules: readonly AlarmRule[];
  readonly book: CloudBook;
  /** What they say to files that land. */
  readonly landing: CloudRules;
}

/**
 * @param folder where the bundle and its rules lie
 * Throws an Error that names the file: the function then does not start.
 */
export function cloudAlarms(
  folder: string,
  documents: KeptDocuments,
  tell: Tell,
  now: () => number,
): CloudAlarms {
  const rules = jsonBeside<readonly AlarmRule[]>(join(folder, alarmRulesFile), "the rules of alarms");
  const book = new CloudBook({ documents, tell, now });
  return { rules, book, landing: cloudRules({ rules, documents, book, now, warn: console.warn }) };
}
