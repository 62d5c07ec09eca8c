/** A device's side of EST: trusts the roots it was given and nothing else, makes its key itself, asks, checks the answer. */
import { generateKeyPairSync, X509Certificate, type KeyObject } from "node:crypto";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { makeRequest } from "../authority/make-request.ts";
import { inProcessSigner } from "../authority/signers/in-process.ts";
import { DerError } from "../x509/der-reader.ts";
import { estRoot } from "./handler.ts";
import { fromBase64, readCertificates, toBase64 } from "./messages.ts";

export interface EstServer {
  /** `https://host:port`. */
  readonly url: string;
  /** PEM of the roots that the server is trusted by. */
  readonly trustBundle: string;
}

export interface DeviceCredentials {
  /** PEM: certificate, then the authorities above it. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/** The server answered otherwise than with a certificate, or not at all. */
export class EstError extends Error {
  override readonly name = "EstError";
  /** `null` where there was no answer. */
  readonly status: number | null;
  /** Seconds after which asking again makes sense; `null` where the server says nothing of it. */
  readonly retryAfter: number | null;

  constructor(message: string, status: number | null = null, retryAfter: number | null = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const timeoutMs = 30_000;
const mostAnswerBytes = 262_144;

/** A first certificate, for a key that is made here, by a bootstrap token. Rejects with {@link EstError}. */
export async function enrol(server: EstServer, deviceId: string, token: string): Promise<DeviceCredentials> {
  return obtain(server, "simpleenroll", deviceId, { auth: `${deviceId}:${token}` });
}

/** The next certificate, for another key, by the one in use. Rejects with {@link EstError}. */
export async function renew(server: EstServer, former: DeviceCredentials): Promise<DeviceCredentials> {
  const { certificate, privateKey } = former;
  const deviceId: unknown = new X509Certificate(certificate).toLegacyObject().subject.CN;
  return obtain(server, "simplereenroll", String(deviceId), { cert: certificate, key: privateKey });
}

/** PEM of every authority that the server names. Rejects with {@link EstError}. */
export async function authorities(server: EstServer): Promise<string> {
  return (await ask(server, "cacerts", {}, null)).map((der) => new X509Certificate(der).toString()).join("");
}

async function obtain(
  server: EstServer,
  operation: string,
  deviceId: string,
  proof: RequestOptions,
): Promise<DeviceCredentials> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const request = await makeRequest(deviceId, inProcessSigner(privateKey, "the device's key"));
  const [der] = await ask(server, operation, proof, request);
  if (der === undefined) throw new EstError("the server's answer holds no certificate");
  const certificate = new X509Certificate(der);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new EstError("the server's certificate is for another key than the one it was asked for");
  }
  const chain = (await authorities(server)).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n?/g) ?? [];
  const above = chain.filter((pem) => isAbove(certificate, new X509Certificate(pem)));
  if (above.length === 0) throw new EstError("no authority that the server names has signed its certificate");
  return { certificate: [certificate.toString(), ...above].join(""), privateKey: pemOf(privateKey) };
}

const isAbove = (leaf: X509Certificate, authority: X509Certificate): boolean =>
  leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

/** The certificates in the answer. */
function ask(
  { url, trustBundle }: EstServer,
  operation: string,
  proof: RequestOptions,
  body: Buffer | null,
): Promise<Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer[]>();
  const failed = (error: Error): void => reject(new EstError(`${url}: ${error.message}`));
  const asking = httpsRequest(
    new URL(estRoot + operation, url),
    {
      ...proof,
      ca: trustBundle,
      minVersion: "TLSv1.2",
      method: body === null ? "GET" : "POST",
      agent: false,
      timeout: timeoutMs,
      headers:
        body === null ? {} : { "Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64" },
    },
    (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on("data", (part: Buffer) => {
        length += part.length;
        if (length > mostAnswerBytes) asking.destroy(new Error("the answer is longer than any of EST"));
        else parts.push(part);
      });
      response.on("error", failed);
      response.on("end", () => {
        const answer = Buffer.concat(parts);
        const { statusCode = 0, headers } = response;
        const later = Number(headers["retry-after"] ?? NaN);
        if (statusCode === 200) return resolve(certificatesOf(answer));
        const message = `${url} answers ${operation} with ${statusCode}: ${answer.toString("utf8", 0, 500).trim()}`;
        reject(new EstError(message, statusCode, Number.isFinite(later) ? later : null));
      });
    },
  );
  asking.on("timeout", () => asking.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  asking.on("error", failed);
  asking.end(body === null ? undefined : toBase64(body));
  return promise;
}

function certificatesOf(answer: Buffer): Buffer[] {
  try {
    return readCertificates(fromBase64(answer) ?? Buffer.alloc(0));
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}
