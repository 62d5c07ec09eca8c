/** Rules that a store's policy denies plain transport. */
import { type PolicedStore, deniedBy } from "../../../../kit/policed-store.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isPlainDenial } from "../../../../kit/transport-denial.ts";

interface PlainDenial {
  readonly service: string;
  readonly store: PolicedStore;
  readonly what: string;
  readonly action: string;
  readonly controls: readonly string[];
}
export function plainDenial({ service, store, what, action, controls }: PlainDenial): Rule {
  return {
    id: `aws-${service}-deny-plain-transport`,
    theme: "tls-in-transit",
    description: `${what} refuses every request that does not come over TLS`,
    severity: "high",
    types: [store.type],
    reads: [store.companion],
    controls: [...controls, "NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "The service answers plain HTTP where its policy does not forbid it.",
    fix: `add a statement to its policy: Effect "Deny", Principal "*", Action "${action}", on the resource and all in it, with the only condition Bool aws:SecureTransport "false"`,
    check: (view, context) =>
      deniedBy(
        store,
        view,
        context,
        action,
        isPlainDenial,
        "a Deny of aws:SecureTransport false for everybody",
      ),
    example: {
      violation: 'Condition: { StringEquals: { "aws:SecureTransport": "true" } }',
      fixed: 'Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } }',
    },
  };
}
