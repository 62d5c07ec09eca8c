/** Enrolment over Secure Transport (RFC 7030): one handler for the site and for the functions of the clouds. */
import { X509Certificate } from "node:crypto";
import { RequestError, verifyRequest, type VerifiedRequest } from "../authority/certificate-request.ts";
import { IssuerError, type Issuer } from "../authority/issuer.ts";
import { SignerError } from "../authority/signer.ts";
import { RegistryError, type FleetRegistry } from "../registry/registry.ts";
import type { KeyKind } from "../x509/algorithms.ts";
import { pemBlocks } from "../x509/pem.ts";
import { firstCertificate, nextCertificate } from "./enrol.ts";
import { EstRefusal, type EstAnswer, type EstRequest } from "./exchange.ts";
import { certificatesOnly, fromBase64, requestAttributes, toBase64 } from "./messages.ts";

export interface EstOptions {
  readonly registry: FleetRegistry;
  /** Who signs now. Rejects with IssuerError or SignerError where nobody can. */
  readonly issuer: () => Promise<Issuer>;
  /** PEM: roots that devices are to trust. */
  readonly roots: string;
  readonly environment: string;
  /** Kinds of keys that devices may have. */
  readonly keys: readonly KeyKind[];
  /** Days that a certificate lives. */
  readonly days: number;
  /** Authenticates bootstrap tokens. */
  readonly tokenKey: Uint8Array;
  readonly now?: () => Date;
}

export type EstHandler = (request: EstRequest) => Promise<EstAnswer>;

export const estRoot = "/.well-known/est/";
/** Seconds after which a device may ask again where the authority can't sign now. */
const pauseSeconds = 60;
const certificates = "application/pkcs7-mime; smime-type=certs-only";

type Operation = (request: EstRequest, options: EstOptions) => Promise<EstAnswer>;

const operations: Readonly<Record<string, { readonly method: "GET" | "POST"; readonly run: Operation }>> = {
  cacerts: { method: "GET", run: authorityCertificates },
  csrattrs: {
    method: "GET",
    run: () => Promise.resolve(answer("application/csrattrs", requestAttributes)),
  },
  simpleenroll: { method: "POST", run: enrol(firstCertificate) },
  simplereenroll: { method: "POST", run: enrol(nextCertificate) },
};

/** The answer is one in any case: what went wrong on our side is 500 or 503, and told by `failed`. */
export function estHandler(
  options: EstOptions,
  failed: (error: Error) => void = () => undefined,
): EstHandler {
  return async (request) => {
    try {
      return await operationOf(request)(request, options);
    } catch (error) {
      if (error instanceof EstRefusal) return refusal(error);
      if (error instanceof RequestError) return refusal(new EstRefusal(400, `the request: ${error.message}`));
      failed(error as Error);
      if (!isOurTrouble(error)) return refusal(new EstRefusal(500, "the server failed"));
      const later = { "Retry-After": String(pauseSeconds) };
      return refusal(new EstRefusal(503, "the authority can't issue now: ask again later", later));
    }
  };
}

const isOurTrouble = (error: unknown): boolean =>
  error instanceof SignerError || error instanceof IssuerError || error instanceof RegistryError;

function operationOf({ method, path }: EstRequest): Operation {
  const name = path.startsWith(estRoot) ? path.slice(estRoot.length) : "";
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    throw new EstRefusal(404, `there is ${Object.keys(operations).join(", ")} below ${estRoot}`);
  }
  if (operation.method !== method) {
    throw new EstRefusal(405, `${name} takes ${operation.method}`, { Allow: operation.method });
  }
  return operation.run;
}

/** Roots first, then the intermediates that are trusted: what a device needs to judge certificates here. */
async function authorityCertificates(
  _request: EstRequest,
  { registry, roots }: EstOptions,
): Promise<EstAnswer> {
  const issuers = (await registry.issuers()).filter(({ standing }) => standing !== "retired");
  const all = [roots, ...issuers.map(({ certificate }) => certificate)].flatMap((pem) =>
    pemBlocks(pem, "CERTIFICATE"),
  );
  return answer(certificates, certificatesOnly(all));
}

function enrol(
  decide: (request: EstRequest, wanted: VerifiedRequest, options: EstOptions) => Promise<Buffer>,
): Operation {
  return async (request, options) => {
    const type = request.contentType?.split(";")[0]?.trim().toLowerCase();
    if (type !== "application/pkcs10") {
      throw new EstRefusal(415, `Content-Type: received ${type ?? "none"}; allowed: application/pkcs10`);
    }
    const der = fromBase64(request.body);
    if (der === null) throw new EstRefusal(400, "the body: allowed: a PKCS #10 request, DER in base64");
    const wanted = verifyRequest(der, options);
    return answer(certificates, certificatesOnly([await decide(request, wanted, options)]));
  };
}

function answer(contentType: string, der: Buffer): EstAnswer {
  const headers = { "Content-Type": contentType, "Content-Transfer-Encoding": "base64" };
  return { status: 200, headers, body: toBase64(der) };
}

const refusal = ({ status, message, headers }: EstRefusal): EstAnswer => ({
  status,
  headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
  body: `${message}\n`,
});

/** As front ends hand it over; `null` for what is no certificate. */
export function readClientCertificate(pem: string | undefined): X509Certificate | null {
  try {
    return pem === undefined || pem === "" ? null : new X509Certificate(pem);
  } catch {
    return null;
  }
}
