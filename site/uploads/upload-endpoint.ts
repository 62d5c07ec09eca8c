/**
 * Files over HTTPS, from devices, by the certificate that each connects with: the lane of `npx fieldlake upload` without a
 * command line. Resumable in the manner of tus 1.0 (HEAD says how far it got, PATCH adds the next part); the file's hash is
 * its address, so nothing has to be agreed on before.
 */
import type { X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { AddressBuckets } from "../broker/address-buckets.ts";
import type { Objection } from "../broker/gate.ts";
import type { Identity } from "../broker/identity.ts";
import { SealError } from "../seal.ts";
import { UnfinishedFiles } from "./unfinished-files.ts";
import { UploadMismatch } from "./upload-file.ts";
import { mostPartBytes } from "./upload-limits.ts";
import { UploadRefusal, type UploadRequest, type UploadState } from "./upload-request.ts";
import type { Uploads } from "./uploads.ts";

export const uploadRoot = "/uploads/";

/** What takes files at the moment. */
export interface UploadSite {
  readonly uploads: Pick<Uploads, "state" | "part" | "take">;
  /** As for an MQTT connection. */
  judge(certificate: X509Certificate): Identity | Objection;
}

export interface UploadLimits {
  readonly fileBytes: number;
  /** Requests a second of one device. */
  readonly perSecond: number;
  /** Parts that are in memory at once, of all devices. */
  readonly parts: number;
  /** Files that a device has begun and not ended. */
  readonly unfinished: number;
}

export const uploadLimits: UploadLimits = { fileBytes: 1 << 30, perSecond: 20, parts: 8, unfinished: 8 };

class Refused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const later = { "Retry-After": "1" };

export class UploadEndpoint {
  readonly #site: () => UploadSite | null;
  readonly #limits: UploadLimits;
  readonly #requests: AddressBuckets;
  readonly #unfinished: UnfinishedFiles;
  #parts = 0;

  /** @param site null while no file can be taken */
  constructor(site: () => UploadSite | null, limits: UploadLimits = uploadLimits) {
    this.#site = site;
    this.#limits = limits;
    this.#requests = new AddressBuckets(limits.perSecond);
    this.#unfinished = new UnfinishedFiles(limits.unfinished);
  }

  /** Always answers; resolves to the status. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<number> {
    const send = (status: number, headers: Readonly<Record<string, string>>, body = ""): number => {
      const length = request.method === "HEAD" ? {} : { "Content-Length": Buffer.byteLength(body) };
      response.writeHead(status, { "Cache-Control": "no-store", ...length, ...headers }).end(body);
      return status;
    };
    try {
      return await this.#answer(request, send);
    } catch (error) {
      const { status, message, headers } = refusalOf(error as Error);
      // What of the body was not read would be taken for the next request.
      return send(
        status,
        { "Content-Type": "text/plain; charset=utf-8", Connection: "close", ...headers },
        `${message}\n`,
      );
    }
  }

  async #answer(
    request: IncomingMessage,
    send: (status: number, headers: Readonly<Record<string, string>>, body?: string) => number,
  ): Promise<number> {
    const site = this.#site();
    if (site === null) throw new Refused(503, "no file can be taken now: try again", later);
    const deviceId = deviceOf(request, site);
    if (!this.#requests.tryTake(deviceId, Date.now()))
      throw new Refused(429, `more than ${this.#limits.perSecond} requests a second`, later);
    const upload = this.#requested(request, deviceId);
    const place = ({ received }: UploadState) => ({
      "Upload-Offset": String(received),
      "Upload-Length": String(upload.bytes),
    });
    const state = await site.uploads.state(upload);
    if (request.method === "HEAD") return send(200, place(state));
    if (request.method !== "PATCH") throw new Refused(405, "allowed: HEAD, PATCH", { Allow: "HEAD, PATCH" });
    if (state.report !== null)
      return send(200, { ...place(state), ...json }, `${JSON.stringify(state.report)}\n`);
    const offset = wholeNumber(request, "upload-offset");
    if (offset !== state.received)
      throw new Refused(409, `Upload-Offset: received ${offset}; allowed: ${state.received}`, place(state));
    const unfinished = this.#unfinished.begin(deviceId, upload.sha256);
    if (unfinished !== null)
      throw new Refused(429, `${unfinished} files are begun and not ended: end one of them first`);
    const next = await this.#take(site, upload, offset, request);
    if (next.received < upload.bytes) return send(204, place(next));
    const report = await site.uploads
      .take(upload)
      .finally(() => this.#unfinished.end(deviceId, upload.sha256));
    return send(
      200,
      { ...place({ received: upload.bytes, report }), ...json },
      `${JSON.stringify(report)}\n`,
    );
  }

  #requested(request: IncomingMessage, deviceId: string): UploadRequest {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://site");
    const known = ["channel", "name", "clock"];
    const unknown = [...searchParams.keys()].find((key) => !known.includes(key));
    if (unknown !== undefined) throw new Refused(400, `${unknown}: allowed are ${known.join(", ")}`);
    const bytes = wholeNumber(request, "upload-length");
    if (bytes > this.#limits.fileBytes)
      throw new Refused(413, `Upload-Length: received ${bytes}; allowed: at most ${this.#limits.fileBytes}`);
    const sha256 = pathname.slice(uploadRoot.length);
    const name = (searchParams.get("name") ?? sha256.slice(0, 12)).slice(0, 255);
    const channel = searchParams.get("channel") ?? "telemetry";
    return { sha256, bytes, name, deviceId, channel, clock: searchParams.get("clock") };
  }

  async #take(
    site: UploadSite,
    upload: UploadRequest,
    offset: number,
    request: IncomingMessage,
  ): Promise<UploadState> {
    const length = wholeNumber(request, "content-length");
    if (length > mostPartBytes)
      throw new Refused(413, `Content-Length: received ${length}; allowed: at most ${mostPartBytes} a part`);
    // The last part may be safe and the file not taken: then there is nothing left to send.
    if (length === 0 && offset === upload.bytes) return { received: offset, report: null };
    if (length === 0) throw new Refused(400, "a part without bytes");
    if (this.#parts >= this.#limits.parts) throw new Refused(503, "too many parts at once: try again", later);
    this.#parts++;
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      return await site.uploads.part(upload, offset, Buffer.concat(chunks, length));
    } finally {
      this.#parts--;
    }
  }
}

const json = { "Content-Type": "application/json" };

function deviceOf(request: IncomingMessage, site: UploadSite): string {
  const certificate = (request.socket as TLSSocket).getPeerX509Certificate();
  if (certificate === undefined) throw new Refused(401, "connect with the device's certificate");
  const verdict = site.judge(certificate);
  if ("refusal" in verdict) throw new Refused(403, verdict.refusal);
  return verdict.deviceId;
}

function wholeNumber({ headers }: IncomingMessage, name: string): number {
  const text = headers[name];
  const value = typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : null;
  if (value === null)
    throw new Refused(400, `${name}: received ${String(text)}; allowed: a whole number from 0`);
  return value;
}

function refusalOf(error: Error): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof UploadRefusal || error instanceof UploadMismatch)
    return new Refused(422, error.message);
  if (error instanceof SealError) return new Refused(500, "the file is damaged on the site: tell its owner");
  return new Refused(500, "the site failed: try again", later);
}
