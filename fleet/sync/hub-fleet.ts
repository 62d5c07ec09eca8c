/** The data planes of IoT Hub and its provisioning service (learn.microsoft.com/rest/api/iothub, …/rest/api/iot-dps). */
import { toPem } from "../x509/pem.ts";
import type { HubFleet } from "./iot-hub.ts";

/** A request with a token for `resource`, again where the service asks for patience. */
export type HubFetch = (resource: string, url: string, init: RequestInit) => Promise<Response>;

export interface HubPlace {
  /** `<name>.azure-devices.net` */
  readonly hub: string;
  /** Service endpoint of the provisioning service, `<name>.azure-devices-provisioning.net`. */
  readonly provisioning: string;
}

const hubVersion = "2021-04-12";
const provisioningVersion = "2021-10-01";
const hubResource = "https://iothubs.azure.net";
const provisioningResource = "https://azure-devices-provisioning.net";
/** In the hub: by which a device is known that this has disabled. */
const reason = "fieldlake: every certificate of it has ended";
/** In the provisioning service: the same. */
const mark = { fieldlake: "barred" } as const;

interface Identity {
  readonly deviceId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly etag?: string;
}

interface Enrolment {
  readonly registrationId: string;
  readonly etag?: string;
  readonly initialTwin?: { readonly tags?: Readonly<Record<string, unknown>> };
}

export function hubFleet({ hub, provisioning }: HubPlace, fetch: HubFetch): HubFleet {
  const part = encodeURIComponent;
  const asHub = (path: string, init: RequestInit): Promise<Response> =>
    fetch(hubResource, `https://${hub}${path}?api-version=${hubVersion}`, json(init));
  const asProvisioning = (path: string, init: RequestInit): Promise<Response> =>
    fetch(
      provisioningResource,
      `https://${provisioning}${path}?api-version=${provisioningVersion}`,
      json(init),
    );
  const device = (id: string) => `/devices/${part(id)}`;
  const enrolment = (id: string) => `/enrollments/${part(id)}`;

  return {
    async *disabledHere(signal) {
      const query = "SELECT deviceId, statusReason FROM devices WHERE status = 'disabled'";
      for await (const one of pages<Identity>(
        "the hub",
        (init) => asHub("/devices/query", init),
        query,
        signal,
      ))
        if (one.statusReason === reason) yield one.deviceId;
    },
    async *barredHere(signal) {
      const ask = (init: RequestInit) => asProvisioning("/enrollments/query", init);
      const all = pages<Enrolment>("the provisioning service", ask, "SELECT * FROM enrollments", signal);
      for await (const { registrationId, initialTwin } of all)
        if (initialTwin?.tags?.["fieldlake"] === mark.fieldlake) yield registrationId;
    },
    async setEnabled(id, isEnabled, signal) {
      const found = await asHub(device(id), { method: "GET", signal });
      if (found.status === 404) return false;
      if (!found.ok) throw await failure(`the device ${id} can't be read`, found);
      const identity = (await found.json()) as Identity;
      if ((identity.status === "enabled") === isEnabled) return false;
      const wanted = isEnabled
        ? { status: "enabled", statusReason: null }
        : { status: "disabled", statusReason: reason };
      const written = await asHub(device(id), {
        method: "PUT",
        headers: { "If-Match": `"${identity.etag ?? "*"}"` },
        body: JSON.stringify({ ...identity, ...wanted }),
        signal,
      });
      if (!written.ok) throw await failure(`the device ${id} can't be ${wanted.status}`, written);
      return true;
    },
    async bar(id, certificate, signal) {
      const body = {
        registrationId: id,
        deviceId: id,
        attestation: {
          type: "x509",
          x509: { clientCertificates: { primary: { certificate: toPem(certificate, "CERTIFICATE") } } },
        },
        initialTwin: { tags: mark, properties: { desired: {} } },
        provisioningStatus: "disabled",
      };
      const written = await asProvisioning(enrolment(id), {
        method: "PUT",
        body: JSON.stringify(body),
        signal,
      });
      if (!written.ok) throw await failure(`the device ${id} can't be kept out`, written);
    },
    async unbar(id, signal) {
      const gone = await asProvisioning(enrolment(id), { method: "DELETE", signal });
      if (!gone.ok && gone.status !== 404)
        throw await failure(`the device ${id} can't be let in again`, gone);
    },
  };
}

const json = (init: RequestInit): RequestInit => ({
  ...init,
  headers: { "Content-Type": "application/json", ...(init.headers as Record<string, string> | undefined) },
});

async function* pages<Item>(
  what: string,
  ask: (init: RequestInit) => Promise<Response>,
  query: string,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  for (let next: string | null = ""; next !== null;) {
    const headers = { "x-ms-max-item-count": "100", ...(next === "" ? {} : { "x-ms-continuation": next }) };
    const answer = await ask({ method: "POST", headers, body: JSON.stringify({ query }), signal });
    if (!answer.ok) throw await failure(`${what} can't be asked`, answer);
    yield* (await answer.json()) as readonly Item[];
    next = answer.headers.get("x-ms-continuation");
  }
}

async function failure(what: string, answer: Response): Promise<Error> {
  return new Error(`IoT Hub: ${what}: HTTP ${answer.status}, ${(await answer.text()).slice(0, 300)}`);
}
