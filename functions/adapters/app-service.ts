/** What App Service's front end tells an app of whoever asks. */
import { X509Certificate } from "node:crypto";

interface Headers {
  get(name: string): string | null;
}

/**
 * As App Service hands it on: base64 of DER (Microsoft Learn, "Configure TLS mutual authentication"). Worth something only
 * where the front end asked for it itself: see {@link insistence}.
 */
export function clientCertificate(headers: Headers): X509Certificate | null {
  const shown = headers.get("x-arr-clientcert") ?? "";
  try {
    return shown === "" ? null : new X509Certificate(Buffer.from(shown, "base64"));
  } catch {
    return null;
  }
}

/** The address that the front end saw; it adds it at the end of what the caller may have written itself. */
export function callerAddress(headers: Headers): string {
  const last = (headers.get("x-forwarded-for") ?? "").split(",").at(-1)?.trim() ?? "";
  const [, bracketed] = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(last) ?? [];
  return bracketed ?? last.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
}

const patienceMs = 5_000;
/** How a TLS front end ends a handshake without the certificate that it wants. */
const refusedHandshake = /^ERR_SSL_.*ALERT/;

/**
 * Resolves once the front end was seen to turn away a request without a client certificate, however it names one in the
 * header. An app whose front end doesn't must not believe that header: whoever has seen a device's certificate, which is no
 * secret, could write it. Rejects with an Error that says what came instead; asked again by the next call.
 *
 * @param url what answers without a certificate, were the front end to let it through
 */
export function insistence(url: string, ask: typeof fetch = fetch): () => Promise<void> {
  let seen: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    const headers = { "X-ARR-ClientCert": "none" };
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await ask(url, { redirect: "manual", headers, signal }).catch((error: Error) => {
      const { code = error.name } = (error.cause ?? {}) as { readonly code?: string };
      if (refusedHandshake.test(code)) return null;
      throw new Error(`${url} can't be asked whether it insists on client certificates: ${code}`);
    });
    if (answer === null || answer.status === 403) return;
    throw new Error(
      `${url} answers a request without a client certificate by HTTP ${answer.status}; expected: 403, as with clientCertEnabled and clientCertMode Required`,
    );
  };
  return () => {
    seen ??= look();
    return seen.catch((error: unknown) => {
      seen = null;
      throw error;
    });
  };
}
