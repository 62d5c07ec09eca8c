/** What the components of Fieldlake were told, whatever the cloud. */
import type { Context } from "../../kit/context.ts";
import type { Rule } from "../../kit/rule.ts";

const keepers = ["aws", "azure", "local"].flatMap((target) =>
  ["EncryptedLake", "KnowledgeBase"].map((name) => `fieldlake:${target}:${name}`),
);
const isProtecting = (context: Context): boolean =>
  context.ofTypes(keepers).some((component) => component.value("protect") === true);

export const componentRules: readonly Rule[] = [
  {
    id: "fieldlake-protect-all-or-none",
    theme: "data-protection",
    description: "In an environment that protects what it keeps, everything that keeps data is protected",
    severity: "high",
    types: keepers,
    controls: ["NIST SP 800-53 CP-9"],
    why: "One part that is not protected goes with the next destroy, and what is left of the others is of no use.",
    fix: "set fieldlake:protect for the whole environment",
    concerns: (_, context) => isProtecting(context),
    check: (component) => [component.isTrue("protect")],
    example: { violation: "{ protect: false } beside { protect: true }", fixed: "fieldlake:protect: true" },
  },
];
