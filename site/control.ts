/** The control interface: HTTP over a unix socket in a folder that only its owner may enter. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { chmod, rm } from "node:fs/promises";
import { moduleSettings, type ModuleName } from "./settings.ts";

/** What the routes below call; each may reject. */
export interface ControlActions {
  health(): Promise<unknown>;
  status(): Promise<unknown>;
  putModule(name: ModuleName, settings: unknown): Promise<void>;
  deleteModule(name: ModuleName): Promise<void>;
  query(body: Record<string, unknown>): Promise<unknown>;
  exportParquet(body: Record<string, unknown>): Promise<unknown>;
  flush(): Promise<void>;
  /** The same, and every message so far is in the raw zone. */
  settle(): Promise<void>;
  /** Files of a copy, by their request, become part of the lake. */
  takeOver(body: Record<string, unknown>): Promise<void>;
  /** Small files become few larger ones. */
  compact(): Promise<unknown>;
  /** Begins a replay by its request; how it stands; what replays have changed so far. */
  startReplay(body: Record<string, unknown>): Promise<unknown>;
  replay(): Promise<unknown>;
  replays(): Promise<unknown>;
  /** API tokens: one made by its request, all of them, one ended by its id or name. */
  createToken(body: Record<string, unknown>): Promise<unknown>;
  listTokens(): Promise<unknown>;
  revokeToken(body: Record<string, unknown>): Promise<unknown>;
  /** `step` of the upload that `request` describes; a part has its place and bytes. */
  upload(step: UploadStep, request: Record<string, string>, bytes: Uint8Array): Promise<unknown>;
  /** Channels on which files of a device may come, and what reads them there. */
  uploadLanes(device: string): Promise<unknown>;
  /** `words`, and how many of what they lead to. */
  search(body: Record<string, unknown>): Promise<unknown>;
  /** What `step` of the alarms' desk answers to `request`. */
  alarms(step: AlarmStep, request: unknown): Promise<unknown>;
  /** Works out what is due of the insights. */
  computeInsights(): Promise<unknown>;
  stop(): Promise<void>;
}

export const alarmSteps = ["list", "acknowledge", "silence", "look"] as const;
export type AlarmStep = (typeof alarmSteps)[number];

export const uploadSteps = ["state", "part", "take"] as const;
export type UploadStep = (typeof uploadSteps)[number];

const maxBodyBytes = 8 * 1024 * 1024;

/** Listens on `socket`, taking over what a killed site left: its folder is claimed by then. */
export async function startControl(socket: string, actions: ControlActions): Promise<Server> {
  await rm(socket, { force: true });
  const server = createServer((request, response) => {
    void answer(request, response, actions);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  await chmod(socket, 0o600);
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  actions: ControlActions,
): Promise<void> {
  try {
    const result = await route(request.method ?? "GET", request.url ?? "/", await readBody(request), actions);
    send(response, 200, result ?? {});
  } catch (error) {
    const { name, message } = error as Error;
    send(response, name === "NoRoute" ? 404 : 422, { error: { code: name, message } });
  }
}

async function route(method: string, path: string, bytes: Buffer, actions: ControlActions): Promise<unknown> {
  const { pathname, searchParams } = new URL(path, "http://site");
  const [, collection, name] = pathname.split("/");
  const step = uploadSteps.find((known) => known === name);
  if (method === "POST" && collection === "uploads" && step !== undefined)
    return actions.upload(step, Object.fromEntries(searchParams), bytes);
  if (method === "GET" && pathname === "/uploads/lanes")
    return actions.uploadLanes(searchParams.get("device") ?? "");
  const body = bytes.length === 0 ? {} : (JSON.parse(bytes.toString("utf8")) as Record<string, unknown>);
  const alarmStep = alarmSteps.find((known) => known === name);
  if (method === "POST" && collection === "alarms" && alarmStep !== undefined)
    return actions.alarms(alarmStep, body);
  if (collection === "modules" && name !== undefined && name in moduleSettings) {
    if (method === "PUT") return actions.putModule(name as ModuleName, body);
    if (method === "DELETE") return actions.deleteModule(name as ModuleName);
  }
  const routes: Record<string, () => Promise<unknown>> = {
    "GET /health": () => actions.health(),
    "GET /status": () => actions.status(),
    "POST /query": () => actions.query(body),
    "POST /export": () => actions.exportParquet(body),
    "POST /flush": () => actions.flush(),
    "POST /settle": () => actions.settle(),
    "POST /take-over": () => actions.takeOver(body),
    "POST /compact": () => actions.compact(),
    "POST /replay": () => actions.startReplay(body),
    "GET /replay": () => actions.replay(),
    "GET /replays": () => actions.replays(),
    "POST /tokens": () => actions.createToken(body),
    "GET /tokens": () => actions.listTokens(),
    "POST /tokens/revoke": () => actions.revokeToken(body),
    "POST /insights/compute": () => actions.computeInsights(),
    "POST /search": () => actions.search(body),
    "POST /stop": () => actions.stop(),
  };
  const action = routes[`${method} ${path}`];
  if (action === undefined)
    throw Object.assign(new Error(`no such request: ${method} ${path}`), { name: "NoRoute" });
  return action();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error(`the request is over ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // One connection a request: none keeps a site alive that was asked to stop.
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(
    JSON.stringify(body, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );
}
