/** Answers about reports of the environment. */
import { z } from "zod";
import { reportForms } from "../../reports/report-forms.ts";
import { bytes, count, milliseconds } from "./schema.ts";

export const makeBody = z.strictObject({});

export const reportParameters = z.object({
  id: z
    .string()
    .regex(
      /^([0-9a-f]{16}|\d{4}-\d\d-\d\dT\d\d(\d\d)?Z)$/,
      "allowed: the id of a report in the list of them",
    ),
  form: z.enum(reportForms, { error: `allowed: ${reportForms.join(", ")}` }).default("pdf"),
});

export const reports = z.object({
  now: milliseconds,
  schedule: z.string().nullable().describe("In words, UTC; null where none is made by itself."),
  nextAt: milliseconds.nullable().describe("When the next one is due, milliseconds since 1970."),
  making: z.boolean().describe("One is under way."),
  failure: z.string().nullable().describe("Why the last one could not be made."),
  reports: z
    .array(
      z.object({
        id: z.string(),
        madeAt: milliseconds,
        dueAt: milliseconds
          .nullable()
          .describe(
            "When the schedule wanted it, milliseconds since 1970; null where somebody asked for it.",
          ),
        days: count.describe("That volume and quarantine look back on."),
        html: bytes,
        pdf: bytes,
      }),
    )
    .describe("Newest first."),
});
