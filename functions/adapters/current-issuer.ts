import { Issuer, IssuerError } from "../../fleet/authority/issuer.ts";
import type { Signer } from "../../fleet/authority/signer.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";

/** The intermediate that signs now, by the registry, with its key in AWS KMS; opened once for each intermediate. */
export function currentIssuer(
  registry: Pick<FleetRegistry, "issuers">,
  environment: string,
  open: (key: { readonly keyId: string }) => Promise<Signer>,
): () => Promise<Issuer> {
  const opened = new Map<string, Promise<Issuer>>();
  return async () => {
    const current = (await registry.issuers()).find(({ standing }) => standing === "current");
    if (current?.signer?.kind !== "aws-kms") {
      throw new IssuerError(
        "no intermediate with a key in AWS KMS signs now: see npx fieldlake fleet rollover",
      );
    }
    const { id, certificate, signer: key } = current;
    const made =
      opened.get(id) ?? open(key).then((signer) => new Issuer({ certificate, signer, environment }));
    opened.set(id, made);
    // What failed is tried again by the next request.
    return made.catch((error: unknown) => {
      opened.delete(id);
      throw error;
    });
  };
}
