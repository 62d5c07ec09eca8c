/**
 * API Gateway's HTTP API before the web's own requests and answers ("Working with AWS Lambda proxy integrations for HTTP APIs",
 * payload format 2.0).
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export function requestOf(event: APIGatewayProxyEventV2): Request {
  const { http, domainName } = event.requestContext;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers))
    if (value !== undefined) headers.set(name, value);
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const url = `https://${domainName}${event.rawPath}${query}`;
  if (http.method === "GET" || http.method === "HEAD")
    return new Request(url, { method: http.method, headers });
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  // What has arrived is whole, whatever its sender said of its length.
  headers.set("content-length", String(body.length));
  return new Request(url, { method: http.method, headers, body });
}

/** Keeps a large answer for a while. Resolves with the address that reads it. */
export type PutAside = (
  bytes: Uint8Array,
  contentType: string,
  disposition: string | null,
) => Promise<string>;

/** Lambda takes 6 MB of JSON ("Lambda quotas"); base64 makes four bytes of three. */
const mostBytes = 4 * 2 ** 20;

/** The answer itself, or, where it is too large, where it is (303, RFC 9110, 15.4.4). */
export async function resultOf(
  response: Response,
  putAside: PutAside,
): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = Object.fromEntries(response.headers);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length <= mostBytes || !response.ok) {
    const body = Buffer.from(bytes).toString("base64");
    return { statusCode: response.status, headers, body, isBase64Encoded: true };
  }
  const { "content-type": type = "application/octet-stream", "content-disposition": disposition } = headers;
  for (const name of ["content-type", "content-disposition", "content-length"]) delete headers[name];
  const location = await putAside(bytes, type, disposition ?? null);
  return { statusCode: 303, headers: { ...headers, location }, body: "" };
}
