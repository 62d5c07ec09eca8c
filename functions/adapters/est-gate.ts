/** What a gateway does elsewhere: few requests of one caller, small ones, a line in the log for each. */
import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { AddressBuckets } from "../../site/broker/address-buckets.ts";
import type { Allowance } from "../../fleet/est/allowance.ts";
import { network } from "../../site/console/throttle.ts";
import { callerAddress } from "./app-service.ts";

/** Requests of one address in a second that an instance looks at. */
export const perSecond = 20;
/** Requests of one address that all instances together answer in a window. */
export const allowed = { most: 200, windowMs: 10_000 } as const;
/** A request of RSA-4096 in base64 is 1.5 kB. */
export const mostBodyBytes = 32_768;
/** Seconds after which a device may ask again where we can't answer now. */
const pauseSeconds = "60";

type Answer = (request: HttpRequest, path: string, body: Uint8Array) => Promise<HttpResponseInit>;

const refused = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit => ({
  status,
  headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
  body: `${message}\n`,
});

export interface GateOptions {
  /** Of an address, whichever instance it asks. */
  readonly allowance: Allowance;
  /** Told what the caller is not. */
  readonly failed: (error: Error) => void;
  readonly now?: () => number;
}

export function gate(
  { allowance, failed, now = Date.now }: GateOptions,
  answer: Answer,
): (request: HttpRequest) => Promise<HttpResponseInit> {
  const buckets = new AddressBuckets(perSecond);
  const answered = async (request: HttpRequest, path: string, address: string): Promise<HttpResponseInit> => {
    const tooMany = (seconds: number) =>
      refused(429, "too many requests from this address", { "Retry-After": String(seconds) });
    if (!buckets.tryTake(address, now())) return tooMany(1);
    const tooLarge = () => refused(413, `the body: allowed: at most ${mostBodyBytes} bytes`);
    if (Number(request.headers.get("content-length") ?? 0) > mostBodyBytes) return tooLarge();
    try {
      const body = new Uint8Array(await request.arrayBuffer());
      if (body.length > mostBodyBytes) return tooLarge();
      const wait = await allowance(address);
      return wait > 0 ? tooMany(wait) : await answer(request, path, body);
    } catch (error) {
      failed(error as Error);
      return refused(503, "the authority can't issue now: ask again later", { "Retry-After": pauseSeconds });
    }
  };
  return async (request) => {
    const path = new URL(request.url).pathname;
    const address = network(callerAddress(request.headers));
    const given = await answered(request, path, address);
    console.log(JSON.stringify({ enrolment: { path, status: given.status, address } }));
    return given;
  };
}
