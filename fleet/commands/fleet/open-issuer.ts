/** The intermediate that signs now, with somebody who holds its key. */
import { Issuer } from "../../authority/issuer.ts";
import { openSigner, type SecretSource, type SignerReference } from "../../authority/signers/open.ts";
import type { Signer } from "../../authority/signer.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { issuerId } from "../../registry/ledger.ts";
import type { IssuerRecord } from "../../registry/model.ts";
import type { Fleet } from "./open-fleet.ts";

/** Close its signer. Rejects with {@link CommandError}, SignerError, IssuerError. */
export async function openIssuer(fleet: Fleet, secrets: SecretSource): Promise<Issuer> {
  const current = await currentIssuer(fleet);
  return new Issuer({
    certificate: current.certificate,
    signer: await openSignerOf(current, fleet, secrets),
    environment: fleet.environment,
    revocationListUrl: fleet.revocationListUrl,
  });
}

export async function currentIssuer({ registry }: Fleet): Promise<IssuerRecord> {
  const current = (await registry.issuers()).find(({ standing }) => standing === "current");
  if (current !== undefined) return current;
  throw new CommandError(
    "no intermediate of this fleet signs now",
    exitCodes.failed,
    "npx fieldlake fleet rollover activate makes the announced one sign",
  );
}

/** Whoever signed may still have to sign a revocation list. */
export async function openSignerOf(
  { id, certificate, signer }: IssuerRecord,
  { stackKey }: Fleet,
  secrets: SecretSource,
): Promise<Signer> {
  if (signer !== null) return openSigner(signer, secrets);
  if (stackKey !== null && issuerId(stackKey.certificate) === id) {
    return openSigner({ kind: "key", key: stackKey.key } satisfies SignerReference, secrets);
  }
  throw new CommandError(
    `the key of the intermediate ${id} is not at hand: the stack has made another one since`,
    exitCodes.failed,
    `its certificate: ${certificate.split("\n")[1]?.slice(0, 24)}…`,
    "npx fieldlake fleet rollover shows who signs, and how to go on",
  );
}
