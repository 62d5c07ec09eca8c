/** The console: the page of an environment and its JSON API, over HTTP on loopback or over TLS. */
import { getRequestListener } from "@hono/node-server";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import type { TokenStore } from "../access/token-store.ts";
import type { AlarmDesk } from "../alarms/alarm-desk.ts";
import type { FleetView, IngestLog, LakeReader } from "../ports.ts";
import type { ModelState } from "../scoring/model-scoring.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Search } from "./api.ts";
import { Access } from "./access.ts";
import { consoleApp } from "./app.ts";
import { Desks } from "./desk.ts";
import type { OpenReplays } from "./handlers.ts";
import { listen, refuseOpenPlain, type Listening } from "./listen.ts";
import { pageBundle } from "./page-bundle.ts";
import { kindsOf, Knowledge } from "./thinking/knowledge.ts";
import { Thinker } from "./thinking/thinker.ts";
import { isLoopback } from "./protection.ts";
import { ReportDesk, type OpenReports } from "./report-desk.ts";
import { UploadDesk, type OpenUploads } from "./upload-desk.ts";

export interface ConsoleArgs {
  readonly settings: ConsoleSettings;
  readonly lake: LakeReader;
  readonly fleet: FleetView;
  /** The ingest log, whose lag the page shows. */
  readonly log?: Pick<IngestLog, "stats">;
  /** Undefined while nobody looks after alarms. */
  readonly alarms?: () => AlarmDesk | undefined;
  /** Learned models that score; none while nobody does. */
  readonly models?: () => readonly ModelState[];
  /** Undefined while nothing decodes. */
  readonly uploads?: () => OpenUploads | undefined;
  /** Undefined while nothing decodes. */
  readonly replays?: () => OpenReplays | undefined;
  /** Undefined while nobody makes reports. */
  readonly reports?: () => OpenReports | undefined;
  /** Of programs that may ask. */
  readonly tokens: TokenStore;
  /** Of the decoder, as it runs now; default: none. */
  readonly profiles?: () => readonly Profile[];
}

export interface Console {
  /** Without the access token. */
  readonly url: string;
  readonly tokens: TokenStore;
  /** Everything that words lead to, for the owner. */
  search(words: string, limit: number): Promise<Search>;
  /** Requests under way get a second. */
  stop(): Promise<void>;
}

/**
 * Resolves when the page answers. Rejects with `ConsoleError` where the host is not loopback and has no TLS, or the
 * port can't be had.
 */
export async function startConsole({
  settings,
  lake,
  fleet,
  log,
  tokens,
  alarms = () => undefined,
  models = () => [],
  uploads = () => undefined,
  replays = () => undefined,
  reports = () => undefined,
  profiles = () => [],
}: ConsoleArgs): Promise<Console> {
  refuseOpenPlain(settings);
  const page = await pageBundle();
  const secure = settings.tls !== null;
  const access = new Access({ token: settings.token, port: settings.port, secure, tokens });
  const thinker = new Thinker();
  const desks = new Desks(lake);
  const knowledge = new Knowledge(desks.for(null).queries, fleet, profiles, thinker);
  const app = consoleApp({
    page,
    access,
    loopbackOnly: isLoopback(settings.host),
    environment: settings.environment,
    lake,
    fleet,
    log,
    desks,
    knowledge,
    thinker,
    alarms,
    models,
    uploads: new UploadDesk(uploads),
    replays,
    reports: new ReportDesk(reports, settings.environment.name),
  });
  const listening: Listening = await listen(
    settings,
    getRequestListener((request, bindings) => app.fetch(request, bindings), { overrideGlobalObjects: false }),
  );
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  return {
    tokens,
    search: (words, limit) => knowledge.find({ words, limit, kinds: kindsOf("all"), devices: null }),
    url: `${secure ? "https" : "http"}://${host}:${listening.port}/`,
    async stop() {
      await listening.stop();
      await thinker.stop();
    },
  };
}
