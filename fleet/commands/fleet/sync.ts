/** `fieldlake fleet sync`: a cloud that keeps a register of its own, in line with the fleet's. */
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { CommandError, exitCodes, interrupted, messageOf } from "../../errors.ts";
import { syncIotCore } from "../../sync/aws-iot.ts";
import { syncEventGrid } from "../../sync/event-grid.ts";
import { gridClients } from "../../sync/grid-clients.ts";
import { iotCore } from "../../sync/iot-core.ts";
import type { CommandContext } from "../context.ts";
import { withFleet, type Fleet, type FleetSource } from "./open-fleet.ts";

export interface SyncOptions extends FleetSource {
  readonly region?: string;
  readonly namespace?: string;
  readonly keep: number;
  readonly perSecond: number;
  readonly json?: boolean;
}

const dayMs = 86_400_000;
/** Writes of Azure Resource Manager take some 2 s each. */
const parallel = 20;
const managementScope = "https://management.azure.com/.default";
const namespacePattern =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.EventGrid\/namespaces\/[^/]+$/i;

interface Outcome {
  readonly deviceId: string;
  readonly outcome: string;
}

/** Rejects with {@link CommandError}; what was done stays done, and the same command goes on. */
export async function sync(
  cloud: "aws" | "azure",
  options: SyncOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context;
  const begin = cloud === "aws" ? onAws(options, signal) : onAzure(options, signal);
  const counts = new Map<string, number>();
  await withFleet(options, context, async (fleet) => {
    try {
      for await (const one of begin(fleet)) {
        counts.set(one.outcome, (counts.get(one.outcome) ?? 0) + 1);
        if (options.json === true) terminal.write(`${JSON.stringify(one)}\n`);
      }
    } catch (error) {
      if (signal.aborted) throw interrupted();
      throw new CommandError(messageOf(error), exitCodes.failed, "the same command goes on where it was");
    }
  });
  const said = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  terminal.note(said === "" ? "nothing to do" : said);
}

type Begin = (fleet: Fleet) => AsyncIterable<Outcome>;

function onAws({ region, keep, perSecond }: SyncOptions, signal: AbortSignal): Begin {
  const env = { ...process.env, ...(region === undefined ? {} : { AWS_REGION: region }) };
  const missing = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter(
    (name) => !env[name as never],
  );
  if (missing.length > 0) {
    throw new CommandError(
      `sync aws: ${missing.join(", ")} not set`,
      exitCodes.usage,
      "--region names the region; `aws configure export-credentials --format env` gives the others",
    );
  }
  const iot = iotCore(awsAccess(env));
  return ({ registry }) => syncIotCore({ registry, iot, keepMs: keep * dayMs, perSecond, signal });
}

function onAzure({ namespace, perSecond }: SyncOptions, signal: AbortSignal): Begin {
  if (namespace === undefined || !namespacePattern.test(namespace)) {
    throw new CommandError(
      `--namespace: received ${namespace ?? "nothing"}; allowed: the resource id of an Event Grid namespace`,
      exitCodes.usage,
      "az eventgrid namespace list --query [].id shows those that there are",
    );
  }
  const token = async (): Promise<string> => {
    const { DefaultAzureCredential } = await import("@azure/identity");
    const answer = await new DefaultAzureCredential().getToken(managementScope);
    return answer.token;
  };
  const clients = gridClients({ namespace, token: remembered(token) });
  return ({ registry }) => syncEventGrid({ registry, clients, perSecond, parallel, signal });
}

/** Azure's tokens are good for an hour at least. */
function remembered(ask: () => Promise<string>): () => Promise<string> {
  const goodMs = 1_800_000;
  let last: { readonly token: Promise<string>; readonly at: number } | null = null;
  return () => {
    if (last === null || Date.now() - last.at > goodMs) last = { token: ask(), at: Date.now() };
    return last.token;
  };
}
