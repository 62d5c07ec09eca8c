/** `fieldlake fleet sync`: a cloud that keeps a register of its own, in line with the fleet's. */
import { CommandError, exitCodes, interrupted, messageOf } from "../../errors.ts";
import { syncIotCore } from "../../sync/aws-iot.ts";
import { syncEventGrid } from "../../sync/event-grid.ts";
import { gridClients } from "../../sync/grid-clients.ts";
import { hubFleet } from "../../sync/hub-fleet.ts";
import { iotCore } from "../../sync/iot-core.ts";
import { syncIotHub } from "../../sync/iot-hub.ts";
import type { CommandContext } from "../context.ts";
import { awsAccessOf, azureAddress, azureFetchOf, azureTokens } from "./cloud-access.ts";
import { withFleet, type Fleet, type FleetSource } from "./open-fleet.ts";

export interface SyncOptions extends FleetSource {
  readonly region?: string;
  readonly namespace?: string;
  readonly hub?: string;
  readonly provisioning?: string;
  readonly keep: number;
  readonly perSecond: number;
  readonly json?: boolean;
}

const dayMs = 86_400_000;
/** Writes of Azure Resource Manager take some 2 s each. */
const parallel = 20;
const management = "https://management.azure.com";
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
  const iot = iotCore(awsAccessOf("sync aws", region));
  return ({ registry }) => syncIotCore({ registry, iot, keepMs: keep * dayMs, perSecond, signal });
}

function onAzure(options: SyncOptions, signal: AbortSignal): Begin {
  const { namespace, perSecond, hub, provisioning } = options;
  if (hub !== undefined || provisioning !== undefined) return onHub(options, signal);
  if (namespace === undefined || !namespacePattern.test(namespace)) {
    throw new CommandError(
      `--namespace: received ${namespace ?? "nothing"}; allowed: the resource id of an Event Grid namespace`,
      exitCodes.usage,
      "az eventgrid namespace list --query [].id shows those that there are; with ingest iothub: --hub and --provisioning",
    );
  }
  const tokens = azureTokens();
  const clients = gridClients({
    namespace,
    token: () => tokens(management),
    origin: azureAddress(management),
  });
  return ({ registry }) => syncEventGrid({ registry, clients, perSecond, parallel, signal });
}

function onHub({ hub = "", provisioning = "", perSecond }: SyncOptions, signal: AbortSignal): Begin {
  const mistakes = [
    ...hostFaults("hub", hub, "azure-devices"),
    ...hostFaults("provisioning", provisioning, "azure-devices-provisioning"),
  ];
  if (mistakes.length > 0)
    throw new CommandError("sync azure: IoT Hub needs both hosts", exitCodes.usage, ...mistakes);
  const place = { hub, provisioning };
  return ({ registry }) => syncIotHub({ registry, hub: hubFleet(place, azureFetchOf()), perSecond, signal });
}

/** A token goes to hosts of Azure only. */
const hostFaults = (option: string, host: string, domain: string): string[] =>
  new RegExp(`^[a-z0-9-]+\\.${domain}\\.(net|us|cn)$`, "i").test(host)
    ? []
    : [`--${option}: received ${host === "" ? "nothing" : host}; allowed: <name>.${domain}.net`];
