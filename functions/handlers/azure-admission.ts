/**
 * Webhook that Event Grid's MQTT broker asks before it lets a client in ("custom webhook authentication", Microsoft Learn).
 * That only the broker asks is App Service's to see to: it refuses callers without the broker's own identity.
 */

import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import type { Door } from "../../fleet/admission/door.ts";
import { azureDoor } from "../adapters/azure-door.ts";
import { lazily } from "../adapters/lazily.ts";

interface WebhookRequest {
  readonly clientId?: unknown;
  readonly clientCertificate?: unknown;
}

const deny = (errorReason: string) => ({ decision: "deny", errorReason }) as const;

/** The answer to one CONNECT. Rejects where the fleet's lists can't be had: the broker then says that it is unavailable. */
export function createHandler(judge: Door) {
  return async ({ clientId, clientCertificate }: WebhookRequest) => {
    const verdict = await judge(typeof clientCertificate === "string" ? clientCertificate : undefined);
    if (!verdict.allow) return deny(verdict.reason);
    const { deviceId, notAfter } = verdict;
    if (clientId !== deviceId) return deny("client id is not the certificate's");
    const expiration = Math.floor(notAfter.getTime() / 1000);
    return {
      decision: "allow",
      clientAuthenticationName: deviceId,
      attributes: { role: "device" },
      expiration,
    };
  };
}

const handler = lazily(() => createHandler(azureDoor(process.env)));

app.http("admission", {
  methods: ["POST"],
  authLevel: "anonymous",
  handler: async (request: HttpRequest): Promise<HttpResponseInit> => {
    const asked: unknown = await request.json().catch(() => null);
    return { jsonBody: await handler(typeof asked === "object" && asked !== null ? asked : {}) };
  },
});
