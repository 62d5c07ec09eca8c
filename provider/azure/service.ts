/** Requests to Azure, its data planes above all, as who deploys. */
import { deployingCredential } from "./credential.ts";

/** What a request needs; headers in lower case. */
export interface AzureRequest {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export type AzureService = (request: AzureRequest) => Promise<Response>;

export interface ServiceOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of the first pause; they double. */
  readonly firstPause?: number;
}

/** Attempts after the first where the service says that it can't at the moment: some minutes with the pauses between. */
const retries = 6;
const longestPause = 60_000;
/**
 * A server that stands in for Azure, for tests: `http://127.0.0.1:<port>`; what goes to `https://<host>/…` goes to
 * `<server>/<host>/…`. No credential is ever sent there.
 */
const standIn = "FIELDLAKE_AZURE_ENDPOINT";

/** @param scope of the token, for example `https://azure-devices-provisioning.net/.default` */
export function azureService(
  scope: string,
  { env = process.env, firstPause = 1_000 }: ServiceOptions = {},
): AzureService {
  const server = env[standIn];
  let credential: ReturnType<typeof deployingCredential> | undefined;
  const authorization = async (): Promise<string> => {
    if (server !== undefined) return "Bearer none";
    const answer = await (await (credential ??= deployingCredential(env))).getToken(scope);
    if (answer === null)
      throw new Error("no identity of Azure was found: run az login, or set the ARM_* variables");
    return `Bearer ${answer.token}`;
  };
  return async ({ method, url, headers = {}, body }) => {
    const { protocol, host, pathname, search } = new URL(url);
    if (protocol !== "https:") throw new Error(`received ${url}; allowed: an https address`);
    const address = server === undefined ? url : `${server}/${host}${pathname}${search}`;
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(address, {
        method,
        headers: { ...headers, authorization: await authorization() },
        ...(body === undefined ? {} : { body }),
        redirect: "error",
      });
      if (attempt === retries || (answer.status !== 429 && answer.status < 500)) return answer;
      await answer.body?.cancel();
      const asked = Number(answer.headers.get("retry-after") ?? NaN) * 1_000;
      const own = firstPause * 2 ** attempt;
      await pause(Math.min(Number.isFinite(asked) ? asked : own, longestPause));
    }
  };
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds));

/** What went wrong, in the words of the service and with what there is to do. */
export async function refusal(what: string, answer: Response): Promise<Error> {
  const said = (await answer.text()).replace(/\s+/g, " ").slice(0, 300);
  const fix: Readonly<Record<number, string>> = {
    401: "; sign in again (az login), or look at the ARM_* variables",
    403: "; give who deploys the role that docs/components names for it",
    429: "; Azure still throttles after several attempts: try again later",
  };
  return new Error(`${what}: HTTP ${answer.status} ${said}${fix[answer.status] ?? ""}`);
}
