import { X509Certificate } from "node:crypto";
import { cached, type DoorOptions } from "../../fleet/admission/door.ts";
import { deviceIdOf } from "../../fleet/admission/judgement.ts";
import { factsFrom } from "../../fleet/admission/registry-facts.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import type { FleetRegistry } from "../../fleet/registry/registry.ts";
import { admissionSettings } from "../agreements.ts";
import type { Environment } from "./environment.ts";

/** A new issuer is trusted, a retired one is not any more, after that at the latest; a revocation at once. */
const issuersMs = 30_000;

/**
 * What a door asks: the registry, and of the stack what no registry need have: the devices that it pins, and its own
 * intermediate as long as the registry does not know it.
 */
export function registryFacts(
  registry: Pick<FleetRegistry, "issuers" | "certificate" | "device">,
  env: Environment,
): Pick<DoorOptions, "issuers" | "facts"> {
  const pinned = new Set((env[admissionSettings.pinned] ?? "").split(" "));
  const own = env[admissionSettings.issuer];
  return {
    issuers: cached(async () => {
      const known = await registry.issuers();
      const isNew = own !== undefined && !known.some(({ id }) => id === issuerId(own));
      const trusted = known.filter(({ standing }) => standing !== "retired").map((one) => one.certificate);
      return [...trusted, ...(isNew ? [own] : [])].map((pem) => new X509Certificate(pem));
    }, issuersMs),
    async facts(certificate) {
      const facts = await factsFrom(registry, certificate);
      return { ...facts, isRegistered: facts.isRegistered || pinned.has(deviceIdOf(certificate) ?? "") };
    },
  };
}
