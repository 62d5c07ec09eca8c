/** A client that sends exactly what it is told: `fetch` would not let a test forge Host, Origin or Cookie. */
import { request, type IncomingHttpHeaders } from "node:http";
import { fakeToken } from "../../../page/support/fake-site.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function ask(
  url: string,
  path: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request(
      // A connection each: what one request did to its socket is not the next one's affair.
      { hostname, port, path, method, headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

export const bearer = { authorization: `Bearer ${fakeToken}` } as const;

/** A JSON answer of the API, asked with the token. */
export async function askJson<Value>(url: string, path: string): Promise<Value> {
  const { status, text } = await ask(url, path, { headers: bearer });
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text) as Value;
}

export const post = (
  url: string,
  path: string,
  body: unknown,
  headers: Asked["headers"] = {},
): Promise<Answer> =>
  ask(url, path, {
    method: "POST",
    headers: { ...bearer, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** The cookie of a `Set-Cookie` header, as a browser sends it back. */
export const cookieOf = ({ headers }: Answer): string => headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
