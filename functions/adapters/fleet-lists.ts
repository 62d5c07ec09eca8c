import { X509Certificate } from "node:crypto";
import { Revocations } from "../../fleet/admission/revocations.ts";
import type { ConnectFacts } from "../../fleet/admission/judgement.ts";
import { cached } from "../../fleet/admission/door.ts";
import { pemBlocks, toPem } from "../../fleet/x509/pem.ts";
import type { ObjectStore } from "../ports.ts";

/** What `npx fieldlake fleet crl --out` and the stack put there. */
export const fleetFiles = { issuers: "issuers.pem", revocations: "revocations.crl" } as const;
/** A revocation is in force after that at the latest. */
const cachedMs = 30_000;

/** Issuers and revocation lists from objects; a list that is not signed by an issuer, or is missing, lets nobody in. */
export function fleetLists(objects: Pick<ObjectStore, "read">, container: string) {
  const text = async (name: string): Promise<string> =>
    Buffer.from(await objects.read(container, name)).toString("latin1");
  const load = cached(async () => {
    const issuers = pemBlocks(await text(fleetFiles.issuers), "CERTIFICATE").map(
      (der) => new X509Certificate(toPem(der, "CERTIFICATE")),
    );
    return { issuers, revocations: Revocations.read(await text(fleetFiles.revocations), issuers) };
  }, cachedMs);
  return {
    issuers: async (): Promise<readonly X509Certificate[]> => (await load()).issuers,
    facts: async (certificate: X509Certificate): Promise<ConnectFacts> => ({
      isListed: (await load()).revocations.isRevoked(certificate),
      certificate: null,
      isRegistered: false,
    }),
  };
}
