/** The site as the command line sees it: the control socket's answers, its refusals in the user's terms. */
import type { Search } from "../site/console/api.ts";
import type { ApiToken, TokenRequest } from "../site/access/api-token.ts";
import type { Alarm, AlarmList, Silence } from "../functions/alarms/alarm.ts";
import type { Round } from "../site/insights/insights.ts";
import type { UploadStep } from "../site/control.ts";
import { SiteClient, SiteError, SiteUnreachableError, type SiteHealth } from "../site/client.ts";
import type {
  BrokerStats,
  DeviceState,
  LakeStats,
  LogStats,
  QueryOptions,
  QueryResult,
} from "../site/ports.ts";
import type { ReplayRequest, ReplayState } from "../site/replay/replay-request.ts";
import type { ReplayedRows } from "../site/store/manifest.ts";
import type { Compacted } from "../site/store/lake.ts";
import type { TakeOverRequest } from "../site/store/take-over.ts";
import type { UploadLane } from "../site/uploads/lanes.ts";
import type { UploadReport, UploadRequest, UploadState } from "../site/uploads/upload-request.ts";
import { CommandError, exitCodes } from "./errors.ts";

/** The answer of `GET /status`; a part whose module does not run is `null`. */
export interface SiteStatus {
  readonly fleet: readonly DeviceState[];
  readonly broker: BrokerStats | null;
  readonly log: LogStats | null;
  readonly lake: LakeStats | null;
}

export interface SiteConnection {
  health(): Promise<SiteHealth>;
  status(): Promise<SiteStatus>;
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  exportParquet(sql: string, file: string): Promise<{ readonly rows: number }>;
  /** Resolves when everything committed is in Parquet files. */
  flush(): Promise<void>;
  /** The same, and every message so far is in the raw zone. */
  settle(): Promise<void>;
  /** Files of a copy, which are in their places, become part of its lake. */
  takeOver(request: TakeOverRequest): Promise<void>;
  /** Resolves when there are no small files left that can be merged. */
  compact(): Promise<Compacted>;
  /** Begins it; the answer is how it stands. */
  startReplay(request: ReplayRequest): Promise<ReplayState>;
  /** The replay at hand or, since the site's start, the last one; and `name@version` of the profiles that are deployed. */
  replay(): Promise<{ readonly run: ReplayState | null; readonly codecs: readonly string[] }>;
  /** What replays have changed so far, oldest first. */
  replays(): Promise<readonly ReplayedRows[]>;
  /** Channels on which files of a device may come, and what reads them there. */
  uploadLanes(device: string): Promise<readonly UploadLane[]>;
  uploadState(request: UploadRequest): Promise<UploadState>;
  uploadPart(request: UploadRequest, offset: number, bytes: Uint8Array): Promise<UploadState>;
  /** Resolves when everything in the file is safe on its way to the lake. */
  takeUpload(request: UploadRequest): Promise<UploadReport>;
  /** Best first. */
  search(words: string, limit: number): Promise<Search>;
  createToken(request: TokenRequest): Promise<ApiToken & { readonly token: string }>;
  listTokens(): Promise<readonly ApiToken[]>;
  /** By id or name; answers with the one that was ended. */
  revokeToken(token: string): Promise<ApiToken>;
  alarms(request: { state?: string; device?: string; limit?: number }): Promise<AlarmList>;
  acknowledge(request: { id: string; by: string; note?: string }): Promise<Alarm>;
  silence(request: SilenceRequest): Promise<Silence>;
  /** What is due by now; everything committed is in files before. */
  computeInsights(): Promise<Round & { readonly trouble: string | null }>;
  stop(): Promise<void>;
}

export interface SilenceRequest {
  readonly rule?: string;
  readonly device?: string;
  readonly minutes: number;
  readonly by: string;
  readonly reason: string;
}

/** The site of a run folder. Every call rejects with {@link CommandError}. */
export function connectSite(runFolder: string): SiteConnection {
  const call = <Answer>(method: string, path: string, body?: unknown): Promise<Answer> =>
    SiteClient.at(runFolder)
      .call<Answer>(method, path, body)
      .catch((error: unknown) => {
        throw explainSiteError(error);
      });
  const upload = <Answer>(
    step: UploadStep,
    request: UploadRequest,
    offset = 0,
    bytes: Uint8Array = new Uint8Array(),
  ) => {
    const { clock, bytes: size, ...texts } = request;
    const query = new URLSearchParams({ ...texts, bytes: String(size), offset: String(offset) });
    if (clock !== null) query.set("clock", clock);
    return SiteClient.at(runFolder)
      .send<Answer>("POST", `/uploads/${step}?${query.toString()}`, bytes)
      .catch((error: unknown) => {
        throw explainSiteError(error);
      });
  };
  return {
    health: () => call("GET", "/health"),
    status: () => call("GET", "/status"),
    query: (sql, options = {}) => call("POST", "/query", { sql, ...options }),
    exportParquet: (sql, file) => call("POST", "/export", { sql, file }),
    flush: () => call("POST", "/flush"),
    settle: () => call("POST", "/settle"),
    takeOver: (request) => call("POST", "/take-over", request),
    compact: () => call("POST", "/compact"),
    startReplay: (request) => call("POST", "/replay", request),
    replay: () => call("GET", "/replay"),
    replays: () => call("GET", "/replays"),
    uploadLanes: (device) => call("GET", `/uploads/lanes?${new URLSearchParams({ device })}`),
    uploadState: (request) => upload("state", request),
    uploadPart: (request, offset, bytes) => upload("part", request, offset, bytes),
    takeUpload: (request) => upload("take", request),
    search: (words, limit) => call("POST", "/search", { words, limit }),
    createToken: (request) => call("POST", "/tokens", request),
    listTokens: () => call("GET", "/tokens"),
    revokeToken: (token) => call("POST", "/tokens/revoke", { token }),
    alarms: (request) => call("POST", "/alarms/list", request),
    acknowledge: (request) => call("POST", "/alarms/acknowledge", request),
    silence: (request) => call("POST", "/alarms/silence", request),
    computeInsights: () => call("POST", "/insights/compute"),
    stop: () => call("POST", "/stop"),
  };
}

/** What a failed call means and what to do about it. */
export function explainSiteError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof SiteUnreachableError) {
    return new CommandError(
      "the environment is not running",
      exitCodes.notRunning,
      "npm start brings it up; the data of an earlier run is kept",
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isDiskFull(message)) return diskFull(message);
  if (error instanceof SiteError) return new CommandError(message, exitCodes.failed);
  return new CommandError(
    `the site can't be reached: ${message}`,
    exitCodes.failed,
    "npm run status tells more",
  );
}

export const isDiskFull = (text: string): boolean =>
  /ENOSPC|no space left|disk (is )?full|EDQUOT|quota exceeded/i.test(text);

export const diskFull = (message: string): CommandError =>
  new CommandError(
    `the disk is full: ${message}`,
    exitCodes.failed,
    "nothing that was acknowledged is lost; what does not fit is not acknowledged, and devices send it again",
    "free some space and run the same command again; npm run status shows what the lake takes",
  );
