/**
 * A notice over HTTPS, signed by the Standard Webhooks specification (standardwebhooks.com, 1.0): HMAC-SHA256 over id, time
 * and body in `webhook-signature`, so that who receives it knows that it is from here, and that it is not sent again by
 * somebody else. The receiver's certificate is checked, by the system's roots or by those that are given.
 */
import { createHmac } from "node:crypto";
import { request } from "node:https";
import type { AlarmSettings } from "../settings.ts";
import { keyOfSecret } from "./webhook-secret.ts";

export type WebhookSettings = NonNullable<AlarmSettings["webhook"]>;

const timeoutMs = 10_000;

/** Rejects where the receiver does not answer 2xx within ten seconds; redirects are not followed. */
export function postWebhook(settings: WebhookSettings, id: string, body: string, now: number): Promise<void> {
  const seconds = Math.floor(now / 1000);
  return new Promise((resolve, reject) => {
    const outgoing = request(settings.url, {
      method: "POST",
      timeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
      minVersion: "TLSv1.2",
      ...(settings.trust === null ? {} : { ca: settings.trust }),
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "webhook-id": id,
        "webhook-timestamp": String(seconds),
        "webhook-signature": signatureOf(settings.key, id, seconds, body),
      },
    });
    outgoing.on("response", (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`the webhook answered HTTP ${statusCode}`));
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("the webhook does not answer")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function signatureOf(secret: string, id: string, seconds: number, body: string): string {
  const mac = createHmac("sha256", keyOfSecret(secret)).update(`${id}.${seconds}.${body}`).digest("base64");
  return `v1,${mac}`;
}
