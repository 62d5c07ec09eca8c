/** What an enrolment function signs with: one secret, of the vault of its cloud. */
import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { Issuer, IssuerError } from "../../fleet/authority/issuer.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import type { SignerReference } from "../../fleet/authority/signers/open.ts";
import type { Signer } from "../../fleet/authority/signer.ts";
import { adoptIssuer } from "../../fleet/registry/adopt.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import type { IssuerRecord } from "../../fleet/registry/model.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";

const keyBytes = 32;
const pem = z.string().startsWith("-----BEGIN ");
const schema = z.object({
  /** Base64; authenticates bootstrap tokens. */
  tokenKey: z
    .base64()
    .transform((text) => new Uint8Array(Buffer.from(text, "base64")))
    .refine(({ length }) => length === keyBytes, `allowed: ${keyBytes} bytes in base64`),
  /** The stack's own intermediate, and its key. */
  issuer: z.object({ certificate: pem, key: pem }),
});
export type EnrolmentSettings = z.output<typeof schema>;

/** Throws an Error that names what is wrong, and quotes nothing of it. */
export function readEnrolmentSettings(text: string): EnrolmentSettings {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error("the enrolment settings are not JSON");
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`the enrolment settings: ${faults.join("; ")}`);
}

/** Opens a key that is with a service of the cloud; `null` for a kind that the function can't use. */
export type OpenSigner = (reference: SignerReference) => Promise<Signer> | null;

/**
 * Who signs now, by the registry: an intermediate whose key a service of the cloud has, or the stack's own. In a registry
 * without any the stack's own does, from the first request on. Each is opened once.
 */
export function currentIssuer(
  registry: Pick<FleetRegistry, "issuers" | "record">,
  environment: string,
  own: EnrolmentSettings["issuer"],
  open: OpenSigner,
): () => Promise<Issuer> {
  const opened = new Map<string, Promise<Issuer>>();
  return async () => {
    let known = await registry.issuers();
    if (known.length === 0) {
      await adoptIssuer(registry, own.certificate, null);
      known = await registry.issuers();
    }
    const current = known.find(({ standing }) => standing === "current");
    if (current === undefined)
      throw new IssuerError("no intermediate signs now: see npx fieldlake fleet rollover");
    const { id, certificate } = current;
    const made =
      opened.get(id) ??
      signerOf(current, own, open).then((signer) => new Issuer({ certificate, signer, environment }));
    opened.set(id, made);
    // What failed is tried again by the next request.
    return made.catch((error: unknown) => {
      opened.delete(id);
      throw error;
    });
  };
}

async function signerOf(
  { id, signer }: IssuerRecord,
  own: EnrolmentSettings["issuer"],
  open: OpenSigner,
): Promise<Signer> {
  if (signer === null && id === issuerId(own.certificate)) {
    return inProcessSigner(createPrivateKey(own.key), "the stack's intermediate");
  }
  const opening = signer === null ? null : open(signer);
  if (opening !== null) return opening;
  throw new IssuerError(
    `the intermediate ${id} signs now, and its key (${signer?.kind ?? "of a former stack"}) is not where this function can use it`,
  );
}
