/**
 * Function behind App Service: hands a device an address by which it creates one file of its own in the raw zone. The app
 * takes nobody without a client certificate, whose key the handshake has proved.
 */
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { GrantRefusal, grantRoot, uploadGrants, type GrantOptions } from "../../fleet/uploads/grant.ts";
import { AddressBuckets } from "../../site/broker/address-buckets.ts";
import { network } from "../../site/console/throttle.ts";
import { callerAddress, clientCertificate, insistence } from "../adapters/app-service.ts";
import { azureUploadGrant } from "../adapters/azure-upload-grant.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";

/** Requests of one address in a second that an instance looks at. */
export const perSecond = 20;

const plain = (status: number, message: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
  body: `${message}\n`,
});

/** @param insists resolves once App Service was seen to insist on client certificates: else their header is anybody's to write */
export function createHandler(options: GrantOptions, insists: () => Promise<void>, now = Date.now) {
  const grants = uploadGrants(options);
  const buckets = new AddressBuckets(perSecond);
  const answered = async (request: HttpRequest, address: string): Promise<HttpResponseInit> => {
    if (!buckets.tryTake(address, now()))
      return plain(429, "too many requests from this address", { "Retry-After": "1" });
    try {
      const shown = clientCertificate(request.headers);
      if (shown !== null) await insists();
      const grant = await grants(new URL(request.url), shown);
      return { status: 200, headers: { "Cache-Control": "no-store" }, jsonBody: grant };
    } catch (error) {
      if (error instanceof GrantRefusal) return plain(error.status, error.message);
      console.error(JSON.stringify({ uploadGrant: (error as Error).message }));
      return plain(503, "no upload can be begun now: ask again later", { "Retry-After": "60" });
    }
  };
  return async (request: HttpRequest): Promise<HttpResponseInit> => {
    const address = network(callerAddress(request.headers));
    const given = await answered(request, address);
    console.log(JSON.stringify({ uploadGrant: { status: given.status, address } }));
    return given;
  };
}

const handler = lazily(() => {
  const { env } = process;
  const insists = insistence(`https://${required(env, "WEBSITE_HOSTNAME")}${grantRoot}${"0".repeat(64)}`);
  return createHandler(azureUploadGrant(env), insists);
});

app.http("uploadGrant", {
  methods: ["GET"],
  authLevel: "anonymous",
  route: "uploads/{sha256}",
  handler: (request: HttpRequest) => handler(request),
});
