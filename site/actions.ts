/** What the control interface does with the running modules. */
import { tokenRequest } from "./access/api-token.ts";
import type { TokenStore } from "./access/token-store.ts";
import type { Console } from "./console/console.ts";
import { searchParameters } from "./console/contract/parameters.ts";
import { acknowledgeRequest, listRequest, silenceRequest } from "../functions/alarms/requests.ts";
import type { ControlActions } from "./control.ts";
import type { SiteRecord } from "./client.ts";
import type { ModuleHost } from "./module-host.ts";
import { mistakesOf } from "./mistakes.ts";
import { replayRequest } from "./replay/replay-request.ts";
import type { Replays } from "./replay/replays.ts";
import type { z } from "zod";
import { ModuleRefusal } from "./module-host.ts";
import type { OpenLake, Running } from "./modules.ts";
import type { Uploads } from "./uploads/uploads.ts";
import { takeOverRequest } from "./store/take-over.ts";

export interface SiteActionsArgs {
  readonly host: ModuleHost<Running>;
  readonly identity: Omit<SiteRecord, "socket">;
  readonly stop: () => Promise<void>;
}

export function siteActions({ host, identity, stop }: SiteActionsArgs): ControlActions {
  const lake = (): OpenLake => {
    const open = host.running.lake;
    if (open === undefined) throw new ModuleRefusal(`the lake is not open: ${describe(host)}`);
    return open;
  };
  const uploads = (): Uploads => {
    const open = host.running.decoder?.uploads;
    if (open === undefined) throw new ModuleRefusal("nothing decodes at the moment: try again");
    return open;
  };
  const console_ = (): Console => {
    const open = host.running.console;
    if (open === undefined) throw new ModuleRefusal("the page and its API are not up: npm start says why");
    return open;
  };
  const replays = (): Replays => {
    const { decoder } = host.running;
    if (decoder === undefined) throw new ModuleRefusal("nothing decodes at the moment: try again");
    return decoder.replays;
  };
  const tokens = (): TokenStore => console_().tokens;
  return {
    health: async () => ({ ...identity, modules: host.health() }),
    status: async () => ({
      fleet: host.running.broker?.devices() ?? [],
      broker: host.running.broker?.stats() ?? null,
      log: host.running.lake?.log.stats() ?? null,
      lake: (await host.running.lake?.lake.stats()) ?? null,
    }),
    putModule: (name, settings) => host.put(name, settings),
    deleteModule: (name) => host.remove(name),
    query: async ({ sql, ...options }) => lake().lake.query(requiredText("sql", sql), options),
    exportParquet: async ({ sql, file }) =>
      lake().lake.exportParquet(requiredText("sql", sql), requiredText("file", file)),
    flush: async () => lake().lake.flush(),
    async settle() {
      await lake().log.endSegment();
      await lake().lake.flush();
    },
    takeOver: async (body) => lake().lake.takeOver(checked(takeOverRequest, body)),
    compact: async () => lake().lake.compact(),
    startReplay: async (body) => replays().start(checked(replayRequest, body)),
    replay: async () => ({ run: replays().state, codecs: replays().codecs }),
    replays: async () => replays().lineage(),
    createToken: async (body) => {
      return tokens().create(checked(tokenRequest, body), Date.now());
    },
    listTokens: async () => tokens().list(),
    revokeToken: async ({ token }) => tokens().revoke(requiredText("token", token)),
    search: async ({ words, limit }) => {
      const asked = checked(searchParameters, { words, limit });
      return console_().search(asked.words, asked.limit);
    },
    async upload(step, parameters, bytes) {
      const { offset, bytes: size, sha256 = "", name = "", deviceId = "", channel = "", clock } = parameters;
      const request = { sha256, bytes: Number(size), name, deviceId, channel, clock: clock ?? null };
      if (step === "part") return uploads().part(request, Number(offset), bytes);
      return step === "state" ? uploads().state(request) : uploads().take(request);
    },
    uploadLanes: async (device) => uploads().lanes(device),
    async alarms(step, request) {
      const { alarms } = host.running;
      if (alarms === undefined) throw new ModuleRefusal("nobody looks after alarms at the moment: try again");
      if (step === "look") return alarms.look();
      const { desk } = alarms;
      if (step === "list") return desk.list(checked(listRequest, request));
      if (step === "acknowledge") return desk.acknowledge(checked(acknowledgeRequest, request));
      return desk.silence(checked(silenceRequest, request));
    },
    async computeInsights() {
      const { insights } = host.running;
      if (insights === undefined)
        throw new ModuleRefusal("nobody works insights out at the moment: try again");
      await lake().lake.flush();
      return { ...(await insights.look()), trouble: insights.trouble };
    },
    stop,
  };
}

/** Throws {@link ModuleRefusal} that names every mistake at once. */
function checked<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ModuleRefusal(mistakesOf(result.error, body));
}

function requiredText(name: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new ModuleRefusal(`${name}: received ${JSON.stringify(value)}; allowed: text`);
}

function describe(host: ModuleHost<Running>): string {
  const health = host.health()["lake"];
  return health?.error ?? health?.state ?? "it was never set up; run `npm start`";
}
