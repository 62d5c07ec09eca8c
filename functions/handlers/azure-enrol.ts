/**
 * Function behind App Service: enrolment over the wire (EST). Of two apps with this function one takes nobody without a
 * client certificate, whose key the handshake has proved, and the other one takes none.
 */
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { estHandler, estRoot } from "../../fleet/est/handler.ts";
import { clientCertificate, insistence } from "../adapters/app-service.ts";
import { azureEnrolment, type AzureEnrolment } from "../adapters/azure-enrolment.ts";
import { gate } from "../adapters/est-gate.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";

const failed = (error: Error): void => console.error(JSON.stringify({ enrolment: error.message }));

/**
 * @param insists resolves once App Service was seen to insist on client certificates; `null` where it asks for none: the
 * header is then whoever asks' to write, and not read
 */
export function createHandler({ options, allowance }: AzureEnrolment, insists: (() => Promise<void>) | null) {
  const handle = estHandler(options, failed);
  return gate({ allowance, failed }, async (request, path, body): Promise<HttpResponseInit> => {
    const shown = insists === null ? null : clientCertificate(request.headers);
    if (shown !== null && insists !== null) await insists();
    const given = await handle({
      method: request.method,
      path,
      contentType: request.headers.get("content-type"),
      authorization: request.headers.get("authorization"),
      ...{ body, certificate: shown },
    });
    return { ...given, headers: { ...given.headers } };
  });
}

const handler = lazily(() => {
  const { env } = process;
  const insists =
    env["CLIENT_CERTIFICATES"] === "required"
      ? insistence(`https://${required(env, "WEBSITE_HOSTNAME")}${estRoot}csrattrs`)
      : null;
  let made: Promise<ReturnType<typeof createHandler>> | null = null;
  return async (request: HttpRequest): Promise<HttpResponseInit> => {
    made ??= azureEnrolment(env, import.meta.dirname).then((enrolment) => createHandler(enrolment, insists));
    // A secret that can't be had now may be had by the next request.
    const handle = await made.catch((error: unknown) => {
      made = null;
      throw error;
    });
    return handle(request);
  };
});

app.http("enrol", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  route: ".well-known/est/{operation}",
  handler: (request: HttpRequest) => handler(request),
});
