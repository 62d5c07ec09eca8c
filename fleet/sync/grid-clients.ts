/** Clients of an Event Grid namespace over Azure Resource Manager (2025-02-15). */
import { setTimeout as delay } from "node:timers/promises";
import { Throttled, type GridClients } from "./event-grid.ts";

const apiVersion = "2025-02-15";
/** Where a throttled answer names no time. */
const pauseMs = 5000;

interface Listed {
  readonly value: readonly {
    readonly name: string;
    readonly properties: { readonly state?: string; readonly attributes?: Readonly<Record<string, unknown>> };
  }[];
  readonly nextLink?: string;
}

export interface ManagementOptions {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.EventGrid/namespaces/<name>` */
  readonly namespace: string;
  /** A bearer token for Azure Resource Manager. */
  readonly token: () => Promise<string>;
  /** Default: Azure's own. */
  readonly origin?: string;
}

/** The attribute by which the stack's client group knows devices (components/azure/device-fleet.ts). */
const attributes = { role: "device" };

export function gridClients({
  namespace,
  token,
  origin = "https://management.azure.com",
}: ManagementOptions): GridClients {
  const call = async (url: string, signal: AbortSignal, init: RequestInit = {}): Promise<Response> => {
    const headers = { Authorization: `Bearer ${await token()}`, "Content-Type": "application/json" };
    const answer = await fetch(url, { ...init, headers, signal });
    if (answer.status !== 429 && answer.status < 500) return answer;
    await answer.body?.cancel();
    const seconds = Number(answer.headers.get("retry-after") ?? NaN);
    throw new Throttled(Number.isFinite(seconds) ? seconds * 1000 : pauseMs);
  };
  const patiently = async (url: string, signal: AbortSignal): Promise<Response> => {
    for (;;) {
      try {
        return await call(url, signal);
      } catch (error) {
        if (!(error instanceof Throttled)) throw error;
        await delay(error.milliseconds, undefined, { signal });
      }
    }
  };
  return {
    async *list(signal) {
      let url: string | undefined = `${origin}${namespace}/clients?api-version=${apiVersion}&$top=100`;
      while (url !== undefined) {
        const answer: Response = await patiently(url, signal);
        if (!answer.ok) throw await failure("the clients can't be listed", answer);
        const { value, nextLink } = (await answer.json()) as Listed;
        for (const { name, properties } of value) {
          if (properties.attributes?.["role"] !== attributes.role) continue;
          yield { name, isEnabled: properties.state !== "Disabled" };
        }
        // The token goes to nobody but the service.
        if (nextLink !== undefined && new URL(nextLink).origin !== new URL(origin).origin) {
          throw new Error(`the list of clients goes on elsewhere: ${nextLink}`);
        }
        url = nextLink;
      }
    },
    async put({ name, profile, isEnabled }, signal) {
      const properties = {
        authenticationName: name,
        clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" },
        attributes: { ...attributes, ...(profile === null ? {} : { profile }) },
        state: isEnabled ? "Enabled" : "Disabled",
      };
      const url = `${origin}${namespace}/clients/${encodeURIComponent(name)}?api-version=${apiVersion}`;
      const answer = await call(url, signal, { method: "PUT", body: JSON.stringify({ properties }) });
      if (!answer.ok) throw await failure(`the client ${name} can't be written`, answer);
      await answer.body?.cancel();
    },
  };
}

async function failure(what: string, answer: Response): Promise<Error> {
  return new Error(`Event Grid: ${what}: HTTP ${answer.status}, ${(await answer.text()).slice(0, 300)}`);
}
