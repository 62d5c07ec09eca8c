/** API Gateway's HTTP API before a Lambda, as far as a client sees it: requests become events, results become answers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

type Lambda = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

export interface Gateway {
  readonly url: string;
  /** Of every result so far: bytes of the JSON that Lambda would hand over. */
  readonly sizes: number[];
  close(): Promise<void>;
}

export async function startGateway(lambda: Lambda): Promise<Gateway> {
  const sizes: number[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { pathname, search } = new URL(request.url ?? "/", "http://gateway");
      const event = {
        ...{
          version: "2.0",
          routeKey: "ANY /api/{proxy+}",
          rawPath: pathname,
          rawQueryString: search.slice(1),
        },
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        requestContext: {
          domainName: "abc.execute-api.eu-central-1.amazonaws.com",
          http: { method: request.method, path: pathname, sourceIp: "203.0.113.7" },
        },
        body: Buffer.concat(chunks).toString(),
        isBase64Encoded: false,
      };
      const result = await lambda(event as unknown as APIGatewayProxyEventV2);
      sizes.push(Buffer.byteLength(JSON.stringify(result)));
      response.writeHead(result.statusCode ?? 200, result.headers as Record<string, string>);
      response.end(Buffer.from(result.body ?? "", result.isBase64Encoded === true ? "base64" : "utf8"));
    })().catch((error: Error) => response.writeHead(500).end(error.message));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sizes },
    close: () => new Promise((done) => server.close(() => done())),
  };
}
