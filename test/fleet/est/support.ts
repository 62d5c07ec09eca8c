/** A fleet that answers EST: authority, registry, token key, and a clock that the test sets. */
import { randomBytes, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { Issuer } from "../../../fleet/authority/issuer.ts";
import { inProcessSigner } from "../../../fleet/authority/signers/in-process.ts";
import { estHandler, estRoot, type EstHandler, type EstOptions } from "../../../fleet/est/handler.ts";
import type { EstAnswer, EstRequest } from "../../../fleet/est/exchange.ts";
import { fromBase64, readCertificates, toBase64 } from "../../../fleet/est/messages.ts";
import { makeToken } from "../../../fleet/est/token.ts";
import { issuerId } from "../../../fleet/registry/ledger.ts";
import { openLocalRegistry, type LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { sealing } from "../registry/support.ts";
import { environment, makeAuthority, temporaryFolder, type Authority } from "../authority/support.ts";

export interface EstFleet {
  readonly registry: LocalRegistry;
  readonly root: Authority;
  readonly authority: Authority;
  readonly options: EstOptions;
  readonly handle: EstHandler;
  readonly failures: Error[];
  /** Milliseconds that the clock of all parts is ahead. */
  ahead: number;
  invite(deviceId: string, days?: number): Promise<string>;
  enrol(deviceId: string, token: string, request: Buffer): Promise<EstAnswer>;
  renew(certificate: X509Certificate | null, request: Buffer): Promise<EstAnswer>;
  ask(change: Partial<EstRequest>): Promise<EstAnswer>;
  remove(): Promise<void>;
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

export async function estFleet(change: Partial<EstOptions> = {}): Promise<EstFleet> {
  const folder = temporaryFolder();
  const root = await makeAuthority("est root");
  const authority = await makeAuthority("est devices", { parent: root });
  const clock = { ahead: 0 };
  const now = (): Date => new Date(Date.now() + clock.ahead);
  const registry = await openLocalRegistry({ folder: join(folder.path, "fleet"), sealing: sealing(), now });
  const record = { id: issuerId(authority.certificate), certificate: authority.certificate };
  await registry.record([
    { kind: "issuer", issuer: { ...record, standing: "current", signer: null, at: now() } },
  ]);
  const signer = inProcessSigner(authority.key, "test");
  const issuer = new Issuer({ certificate: authority.certificate, signer, environment, now });
  const failures: Error[] = [];
  const options: EstOptions = {
    registry,
    issuer: () => Promise.resolve(issuer),
    roots: root.certificate,
    environment,
    keys: ["P-256"],
    days: 90,
    tokenKey: randomBytes(32),
    now,
    ...change,
  };
  const handle = estHandler(options, (error) => failures.push(error));
  const ask = (asked: Partial<EstRequest>) =>
    handle({
      method: "POST",
      path: "",
      contentType: "application/pkcs10",
      authorization: null,
      body: Buffer.alloc(0),
      certificate: null,
      ...asked,
    });
  return {
    ...{ registry, root, authority, options, handle, failures, ask },
    get ahead() {
      return clock.ahead;
    },
    set ahead(milliseconds) {
      clock.ahead = milliseconds;
    },
    async invite(deviceId, days = 7) {
      const at = new Date(Math.floor(now().getTime() / 1000) * 1000);
      const device = { id: deviceId, profile: null, source: "issued", enrolledAt: at } as const;
      await registry.record([
        { kind: "device", device },
        { kind: "invited", deviceId, at },
      ]);
      const until = new Date(at.getTime() + days * 86_400_000);
      return makeToken(options.tokenKey, { deviceId, at, until });
    },
    enrol: (deviceId, token, request) =>
      ask({
        path: `${estRoot}simpleenroll`,
        authorization: basic(deviceId, token),
        body: Buffer.from(toBase64(request)),
      }),
    renew: (certificate, request) =>
      ask({ path: `${estRoot}simplereenroll`, certificate, body: Buffer.from(toBase64(request)) }),
    async remove() {
      await registry.close();
      folder.remove();
    },
  };
}

/** The certificates in a good answer. */
export function certificatesIn({ status, body }: EstAnswer): X509Certificate[] {
  if (status !== 200) throw new Error(`answered ${status}: ${body}`);
  return readCertificates(fromBase64(Buffer.from(body)) as Buffer).map((der) => new X509Certificate(der));
}
