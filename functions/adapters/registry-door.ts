import { X509Certificate } from "node:crypto";
import { cached, type DoorOptions } from "../../fleet/admission/door.ts";
import { factsFrom } from "../../fleet/admission/registry-facts.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";

/** A new issuer is trusted, a retired one is not any more, after that at the latest; a revocation at once. */
const issuersMs = 30_000;

/** What a door asks, by a registry. */
export function registryFacts(
  registry: Pick<FleetRegistry, "issuers" | "certificate" | "device">,
): Pick<DoorOptions, "issuers" | "facts"> {
  return {
    issuers: cached(async () => {
      const trusted = (await registry.issuers()).filter(({ standing }) => standing !== "retired");
      return trusted.map(({ certificate }) => new X509Certificate(certificate));
    }, issuersMs),
    facts: (certificate) => factsFrom(registry, certificate),
  };
}
