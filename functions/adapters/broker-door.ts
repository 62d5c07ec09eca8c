/**
 * What Event Grid's broker itself goes by, asked of Azure Resource Manager: the authorities and the clients of its
 * namespace. For a fleet whose registry is on a machine: what the fleet's commands tell the broker, they tell this door.
 */
import { X509Certificate } from "node:crypto";
import { cached, type DoorOptions } from "../../fleet/admission/door.ts";
import { deviceIdOf } from "../../fleet/admission/judgement.ts";
import { toPem } from "../../fleet/x509/pem.ts";
import type { AzureFetch } from "./azure-client.ts";

const apiVersion = "2025-02-15";
/** An authority that was taken from the broker is trusted so much longer at the most; a client that was disabled not at all. */
const issuersMs = 30_000;

interface Authorities {
  readonly value: readonly { readonly properties: { readonly encodedCertificate?: string } }[];
  readonly nextLink?: string;
}
interface Client {
  readonly properties: {
    readonly authenticationName?: string;
    readonly state?: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
  };
}

/** @param namespace `https://management.azure.com/subscriptions/…/providers/Microsoft.EventGrid/namespaces/<name>` */
export function brokerFacts(
  fetch: AzureFetch,
  namespace: string,
): Pick<DoorOptions, "issuers" | "facts" | "enrolment"> {
  const { origin } = new URL(namespace);
  const ask = async <Answer>(url: string): Promise<Answer | null> => {
    const answer = await fetch(origin, url, {});
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`the broker's list can't be asked: HTTP ${answer.status} of ${origin}`);
    return (await answer.json()) as Answer;
  };
  const issuers = async (): Promise<readonly X509Certificate[]> => {
    const found: X509Certificate[] = [];
    let url: string | undefined = `${namespace}/caCertificates?api-version=${apiVersion}`;
    while (url !== undefined) {
      if (new URL(url).origin !== origin) throw new Error("the broker's list goes on at another host");
      const page: Authorities | null = await ask(url);
      if (page === null) throw new Error(`there is no broker at ${namespace}`);
      for (const { properties } of page.value) found.push(readAuthority(properties.encodedCertificate ?? ""));
      url = page.nextLink;
    }
    return found;
  };
  return {
    // A client that the broker doesn't know isn't let in there.
    enrolment: "registered",
    issuers: cached(issuers, issuersMs),
    async facts(certificate) {
      const id = deviceIdOf(certificate);
      const path = `clients/${encodeURIComponent(id ?? "")}?api-version=${apiVersion}`;
      const client = id === null ? null : await ask<Client>(`${namespace}/${path}`);
      const { authenticationName, state, attributes } = client?.properties ?? {};
      const isRegistered = authenticationName === id && attributes?.["role"] === "device";
      return { isListed: client !== null && state !== "Enabled", certificate: null, isRegistered };
    },
  };
}

/** PEM, or base64 of DER. */
const readAuthority = (text: string): X509Certificate =>
  new X509Certificate(
    text.includes("-----BEGIN ") ? text : toPem(Buffer.from(text, "base64"), "CERTIFICATE"),
  );
