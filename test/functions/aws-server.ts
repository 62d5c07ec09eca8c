/**
 * An HTTP server that answers as S3 and DynamoDB do, as far as the functions ask: conditional writes, checksums,
 * conditional updates. What needs all of both is proved with moto (aws-adapters.test.ts).
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface StoredObject {
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface FakeAws {
  /** Environment of a Lambda that talks to it. */
  readonly env: Record<string, string>;
  /** By `bucket/key`. */
  readonly objects: Map<string, StoredObject>;
  /** By `partition sort`. */
  readonly items: Map<string, Record<string, unknown>>;
  /** Answers this many of the next requests with 503. */
  fail(count: number): void;
  /** Requests so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

type Item = Record<string, { S?: string; N?: string }>;

export async function startFakeAws(): Promise<FakeAws> {
  const objects = new Map<string, StoredObject>();
  const items = new Map<string, Record<string, unknown>>();
  const requests: string[] = [];
  let failures = 0;

  const s3 = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    const key = decodeURIComponent(request.url ?? "").slice(1);
    if (request.method === "GET") {
      const found = objects.get(key);
      if (found) return void response.writeHead(200).end(found.bytes);
      return void response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    }
    const checksum = createHash("sha256").update(body).digest("base64");
    if (request.headers["x-amz-checksum-sha256"] !== checksum) {
      return void response.writeHead(400).end("<Error><Code>BadDigest</Code></Error>");
    }
    if (request.headers["if-none-match"] === "*" && objects.has(key)) {
      return void response.writeHead(412).end("<Error><Code>PreconditionFailed</Code></Error>");
    }
    const metadata = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([name]) => name.startsWith("x-amz-meta-"))
        .map(([name, value]) => [name.slice("x-amz-meta-".length), String(value)]),
    );
    objects.set(key, { bytes: body, metadata });
    response.writeHead(200).end();
  };

  const dynamodb = (target: string, body: Buffer, response: ServerResponse): void => {
    const input = JSON.parse(body.toString()) as {
      Key: Item;
      ExpressionAttributeNames: Record<string, string>;
      ExpressionAttributeValues: Item;
      UpdateExpression: string;
    };
    if (target.endsWith(".Query")) {
      const before = Number(input.ExpressionAttributeValues[":before"]?.N);
      const shard = input.ExpressionAttributeValues[":shard"]?.N;
      const found = [...items.values()].filter((item) => {
        const { seen_shard, last_seen } = item as { seen_shard?: { N: string }; last_seen?: { N: string } };
        return seen_shard?.N === shard && Number(last_seen?.N) < before;
      });
      return void response.writeHead(200).end(JSON.stringify({ Items: found }));
    }
    const key = Object.values(input.Key)
      .map(({ S }) => S)
      .join(" ");
    const known = items.get(key) as Item | undefined;
    if (known && Number(known["ts"]?.N) >= Number(input.ExpressionAttributeValues[":at"]?.N)) {
      return void response
        .writeHead(400)
        .end('{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}');
    }
    const set = input.UpdateExpression.replace("SET ", "")
      .split(", ")
      .map((part) => part.split(" = ") as [string, string]);
    const attributes = set.map(([name, value]) => [
      input.ExpressionAttributeNames[name],
      input.ExpressionAttributeValues[value],
    ]);
    items.set(key, { ...known, ...input.Key, ...Object.fromEntries(attributes) });
    response.writeHead(200).end("{}");
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      requests.push(`${request.method} ${request.url}`);
      if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=test-key/")) {
        return void response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
      }
      if (failures > 0) {
        failures--;
        return void response.writeHead(503).end("<Error><Code>SlowDown</Code></Error>");
      }
      const target = request.headers["x-amz-target"];
      if (typeof target === "string") dynamodb(target, body, response);
      else s3(request, body, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test-key",
      AWS_SECRET_ACCESS_KEY: "test-secret",
      AWS_SESSION_TOKEN: "test-token",
    },
    objects,
    items,
    requests,
    fail: (count) => void (failures = count),
    close: () =>
      new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
