/** What a gateway does elsewhere: few requests of one caller, small ones, a line in the log for each. */
import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { AddressBuckets } from "../../site/broker/address-buckets.ts";
import { network } from "../../site/console/throttle.ts";
import { callerAddress } from "./app-service.ts";

/** Requests of one address in a second, an instance. */
export const perSecond = 20;
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

/** @param failed is told what the caller is not */
export function gate(
  answer: Answer,
  failed: (error: Error) => void,
  now: () => number = Date.now,
): (request: HttpRequest) => Promise<HttpResponseInit> {
  const buckets = new AddressBuckets(perSecond);
  const answered = async (request: HttpRequest, path: string, address: string): Promise<HttpResponseInit> => {
    if (!buckets.tryTake(address, now()))
      return refused(429, "too many requests from this address", { "Retry-After": "1" });
    const tooLarge = () => refused(413, `the body: allowed: at most ${mostBodyBytes} bytes`);
    if (Number(request.headers.get("content-length") ?? 0) > mostBodyBytes) return tooLarge();
    try {
      const body = new Uint8Array(await request.arrayBuffer());
      return body.length > mostBodyBytes ? tooLarge() : await answer(request, path, body);
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
