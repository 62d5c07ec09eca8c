import { createPrivateKey } from "node:crypto";
import { Issuer, IssuerError } from "../../fleet/authority/issuer.ts";
import type { Signer } from "../../fleet/authority/signer.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import type { IssuerRecord } from "../../fleet/registry/model.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import type { EnrolmentSettings } from "../settings.ts";

/** The intermediate whose key this site has, as long as the registry says that it is the one that signs. */
export class OwnIssuer {
  readonly id: string;
  readonly signer: Signer;
  readonly #issuer: Issuer;
  readonly #registry: Pick<FleetRegistry, "issuers" | "record">;

  /** Throws IssuerError, SignerError. */
  constructor(
    { issuerCertificate: certificate, issuerKey, environment }: EnrolmentSettings,
    registry: Pick<FleetRegistry, "issuers" | "record">,
  ) {
    this.signer = inProcessSigner(createPrivateKey(issuerKey), "the stack's authority");
    this.#issuer = new Issuer({ certificate, signer: this.signer, environment });
    this.id = issuerId(certificate);
    this.#registry = registry;
  }

  async record(): Promise<IssuerRecord | null> {
    return (await this.#registry.issuers()).find(({ id }) => id === this.id) ?? null;
  }

  /** A registry without an issuer is new: this one becomes the one that signs. */
  async adopt(now: Date): Promise<void> {
    if ((await this.#registry.issuers()).length > 0) return;
    const { chain: certificate } = this.#issuer;
    const issuer: IssuerRecord = { id: this.id, certificate, standing: "current", signer: null, at: now };
    await this.#registry.record([{ kind: "issuer", issuer }]);
  }

  /** Rejects with IssuerError where another intermediate has taken over. */
  async current(): Promise<Issuer> {
    if ((await this.record())?.standing === "current") return this.#issuer;
    throw new IssuerError(
      "the intermediate that signs now is not the stack's: give the stack its certificate and key " +
        "(docs/fleet.md, Rollover), or issue with npx fieldlake fleet",
    );
  }
}
