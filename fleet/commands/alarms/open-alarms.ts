/** Whose alarms a command is about: those of the site on this machine, or of a stack in a cloud. */
import { z } from "zod";
import { alarmContainer } from "../../../functions/azure-agreements.ts";
import type { Alarm, AlarmList, Silence } from "../../../functions/alarms/alarm.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { acknowledgeRequest, listRequest, silenceRequest } from "../../../functions/alarms/requests.ts";
import { mistakesOf } from "../../../site/mistakes.ts";
import { localStack } from "../../environment.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { stackOutputs } from "../../outputs.ts";
import type { SilenceRequest } from "../../site-client.ts";
import type { CommandContext } from "../context.ts";
import { documentsAt, keptPlace } from "../kept-documents.ts";

/** Every call rejects with {@link CommandError}. */
export interface AlarmDesk {
  alarms(request: { state?: string; device?: string; limit?: number }): Promise<AlarmList>;
  acknowledge(request: { id: string; by: string; note?: string }): Promise<Alarm>;
  silence(request: SilenceRequest): Promise<Silence>;
}

/** @param stack default: the one on this machine, whose site answers without the engine */
export async function openAlarms(
  stack: string | undefined,
  { site, folders }: Pick<CommandContext, "site" | "folders">,
): Promise<AlarmDesk> {
  const desk = await openAlarmsIfAny(stack, { site, folders });
  if (desk === null)
    throw new CommandError(
      `the stack ${stack} has no rules that raise alarms`,
      exitCodes.failed,
      "give it fieldlake:alarms.rules, then npm run pulumi -- up (docs/insights.md, Alarms)",
    );
  return desk;
}

/** Null where the stack has no rules that raise alarms. */
export async function openAlarmsIfAny(
  stack: string | undefined,
  { site, folders }: Pick<CommandContext, "site" | "folders">,
): Promise<AlarmDesk | null> {
  if (stack === undefined || stack === localStack) return site;
  const { alarmBook } = await stackOutputs(stack, folders.project, z.object({ alarmBook: keptPlace }));
  if (alarmBook.kind === "site") return site;
  if (alarmBook.kind === "none") return null;
  return cloudDesk(
    new CloudBook({ documents: documentsAt(alarmBook, "alarms", alarmContainer.name), now: Date.now }),
  );
}

/** What the site checks at its door is checked here. */
export function cloudDesk(book: CloudBook): AlarmDesk {
  return {
    alarms: (request) => {
      const { state, device, limit } = checked(listRequest, request);
      return told(book.list({ state, device, limit }));
    },
    acknowledge: async (request) => {
      const { id, ...by } = checked(acknowledgeRequest, request);
      const alarm = await told(book.acknowledge(id, by));
      if (alarm !== null) return alarm;
      throw new CommandError(
        `id: received "${id}"; allowed: the id of an alarm`,
        exitCodes.usage,
        "npx fieldlake alarms list --stack … shows them",
      );
    },
    silence: (request) => told(book.silence(checked(silenceRequest, request))),
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  throw new CommandError(mistakesOf(result.error, request), exitCodes.usage);
}

const told = <Answer>(work: Promise<Answer>): Promise<Answer> =>
  work.catch((error: Error) => {
    throw new CommandError(
      error.message,
      exitCodes.failed,
      "are you signed in, with the right to the alarm book?",
    );
  });
