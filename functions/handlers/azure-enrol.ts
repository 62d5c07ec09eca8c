/**
 * Function behind App Service: enrolment over the wire (EST). Of two apps with this function one asks for client
 * certificates, whose keys the handshake has proved, and the other one takes none.
 */
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { X509Certificate } from "node:crypto";
import { estHandler, type EstOptions } from "../../fleet/est/handler.ts";
import { azureEnrolment } from "../adapters/azure-enrolment.ts";
import { lazily } from "../adapters/lazily.ts";

/** @param takesCertificates where App Service asks for them; elsewhere the header is whoever asks' to write, and not read */
export function createHandler(options: EstOptions, takesCertificates: boolean) {
  const handle = estHandler(options, (error) => console.error(JSON.stringify({ enrolment: error.message })));
  return async (request: HttpRequest): Promise<HttpResponseInit> => {
    const { status, headers, body } = await handle({
      method: request.method,
      path: new URL(request.url).pathname,
      contentType: request.headers.get("content-type"),
      authorization: request.headers.get("authorization"),
      body: new Uint8Array(await request.arrayBuffer()),
      certificate: takesCertificates ? certificateIn(request.headers.get("x-arr-clientcert")) : null,
    });
    return { status, headers: { ...headers }, body };
  };
}

/** As App Service hands it on: base64 of DER (Microsoft Learn, "Configure TLS mutual authentication"). */
function certificateIn(header: string | null): X509Certificate | null {
  try {
    return header === null || header === "" ? null : new X509Certificate(Buffer.from(header, "base64"));
  } catch {
    return null;
  }
}

const handler = lazily(() => {
  const { env } = process;
  return createHandler(azureEnrolment(env, import.meta.dirname), env["CLIENT_CERTIFICATES"] === "required");
});

app.http("enrol", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  route: ".well-known/est/{operation}",
  handler: (request: HttpRequest) => handler(request),
});
