/** A rule about the way data travels, made from what differs. */
import type { Requirement } from "./requirements.ts";
import type { Rule } from "./rule.ts";

export interface TlsRule {
  readonly id: string;
  /** The whole sentence. */
  readonly description: string;
  readonly types: readonly string[];
  readonly controls: readonly string[];
  readonly fix: string;
  readonly check: Requirement;
  readonly example: Rule["example"];
  readonly severity?: Rule["severity"];
  readonly why?: string;
  readonly reads?: readonly string[];
  readonly concerns?: NonNullable<Rule["concerns"]>;
  readonly unsupported?: NonNullable<Rule["unsupported"]>;
  readonly remediate?: NonNullable<Rule["remediate"]>;
}

export function tlsRule(parts: TlsRule): Rule {
  return {
    severity: "high",
    why: "Whoever is on the way could read and change what travels.",
    ...parts,
    theme: "tls-in-transit",
    controls: [...parts.controls, "NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
  };
}
