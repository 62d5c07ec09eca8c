/** The site's enrolment, listening, with an authority and a registry of its own. */
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { makeToken } from "../../../fleet/est/token.ts";
import { openLocalRegistry, type LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { startEnrolment, type Enrolment } from "../../../site/enrolment/enrolment.ts";
import { Keyring } from "../../../site/seal.ts";
import type { EnrolmentSettings } from "../../../site/settings.ts";
import type { UploadSite } from "../../../site/uploads/upload-endpoint.ts";
import { TestAuthority } from "../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { temporaryFolder } from "../../fleet/authority/support.ts";
import { silent } from "../broker/support.ts";

const environment = "test";

export interface EnrolmentBench {
  readonly enrolment: Enrolment;
  readonly registry: LocalRegistry;
  readonly root: TestAuthority;
  readonly authority: TestAuthority;
  readonly settings: EnrolmentSettings;
  readonly folder: string;
  /** As `npx fieldlake fleet token` does. */
  invite(deviceId: string): Promise<string>;
  remove(): Promise<void>;
}

export async function enrolmentBench(
  limits: Partial<EnrolmentSettings["limits"]> = {},
  uploads: (authority: TestAuthority) => UploadSite | null = () => null,
): Promise<EnrolmentBench> {
  const folder = temporaryFolder();
  const root = await TestAuthority.create("test root");
  const authority = await TestAuthority.create("test intermediate", root);
  const server = await authority.issue("localhost", { usages: ["serverAuth"] });
  const keyring = new Keyring(randomBytes(32));
  const registry = await openLocalRegistry({
    folder: join(folder.path, "fleet"),
    sealing: keyring.key("registry"),
  });
  const settings: EnrolmentSettings = {
    environment,
    host: "127.0.0.1",
    port: await freePort(),
    serverCertificate: server.certificate + authority.certificate,
    serverKey: server.key,
    issuerCertificate: authority.certificate,
    issuerKey: await authority.key(),
    trustBundle: root.certificate,
    certificateDays: 90,
    limits: { maxConnections: 50, perSecond: 100, ...limits },
  };
  const tokenKey = randomBytes(32);
  const enrolment = await startEnrolment({
    ...{ settings, registry, tokenKey, logger: silent },
    uploads: () => uploads(authority),
  });
  return {
    ...{ enrolment, registry, root, authority, settings },
    folder: folder.path,
    async invite(deviceId) {
      const at = new Date(Math.floor(Date.now() / 1000) * 1000);
      const device = { id: deviceId, profile: null, source: "issued", enrolledAt: at } as const;
      await registry.record([
        { kind: "device", device },
        { kind: "invited", deviceId, at },
      ]);
      return makeToken(tokenKey, { deviceId, at, until: new Date(at.getTime() + 86_400_000) });
    },
    async remove() {
      await enrolment.stop();
      await registry.close();
      folder.remove();
    },
  };
}
