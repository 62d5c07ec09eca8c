/** Function behind App Service: the environment's API, for programs with a token. Bundled by functions/build.ts. */
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { maxBodyBytes } from "../../site/console/protection.ts";
import { longBodies } from "../../site/console/routes.ts";
import { callerAddress } from "../adapters/app-service.ts";
import { askingSettings } from "../adapters/asking-settings.ts";
import { azureAsking } from "../adapters/azure-asking.ts";
import { azureFetch } from "../adapters/azure-client.ts";
import type { Environment } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import type { AskingSettings } from "../agreements.ts";

/** Of a request. */
export interface Asked extends Pick<HttpRequest, "method" | "url" | "headers"> {
  readonly body: () => Promise<ArrayBuffer>;
}

/** @param folder where files of the lake are kept, of this instance alone */
export function handlerOf(env: Environment, settings: AskingSettings, folder?: string) {
  const asking = azureAsking(azureFetch(env), env, settings, folder);
  return async ({ method, url, headers, body }: Asked): Promise<HttpResponseInit> => {
    // What says of itself that it is too long is refused unread.
    const most = longBodies.get(new URL(url).pathname) ?? maxBodyBytes;
    const isRead = method === "POST" && Number(headers.get("content-length") ?? 0) <= most;
    const bytes = isRead ? await body() : null;
    const given = new Headers([...headers.entries()]);
    if (bytes !== null) {
      // However the host handed it on, it is whole.
      given.delete("transfer-encoding");
      given.set("content-length", String(bytes.byteLength));
    }
    const request = new Request(url, { method, headers: given, body: bytes });
    const answer = await asking.fetch(request, { address: callerAddress(headers) });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body };
  };
}

const handler = lazily(() => handlerOf(process.env, askingSettings(import.meta.dirname)));

// Answers may be longer than what lies in memory.
app.setup({ enableHttpStream: true });
app.http("api", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  route: "{*path}",
  handler: (request: HttpRequest): Promise<HttpResponseInit> => {
    const { method, url, headers } = request;
    return handler({ method, url, headers, body: () => request.arrayBuffer() });
  },
});
