/** Evidence as SARIF 2.1.0 (OASIS), so that a code host shows findings in the diff. */
import type { Rule, Severity } from "../kit/rule.ts";
import type { Check } from "../kit/verdict.ts";
import type { Evidence, FindingRecord, RuleRecord } from "./evidence.ts";

/** GitHub's `security-severity`: 9 and more critical, 7 high, 4 medium, below low. */
const scores: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.0",
  low: "2.0",
};

/** `program`: the file that results point at, relative to the repository: a stack has no lines of its own. */
export function toSarif(evidence: Evidence, rules: readonly Rule[], program: string): object {
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "fieldlake-policies",
            semanticVersion: evidence.versions.pack,
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.description },
              fullDescription: { text: rule.why },
              help: {
                text: `Fix: ${rule.fix}`,
                markdown: `**Fix:** ${rule.fix}\n\nControls: ${rule.controls.join(", ")}`,
              },
              properties: {
                tags: ["security", rule.theme, ...rule.controls],
                "security-severity": scores[rule.severity],
              },
            })),
          },
        },
        results: evidence.requirements
          .flatMap((requirement) => requirement.rules)
          .flatMap((rule) =>
            rule.findings
              .filter(({ verdict }) => verdict !== "pass")
              .map((finding) => resultOf(rule, finding, index.get(rule.id) ?? -1, program)),
          ),
        properties: { evidenceSha256: evidence.sha256, sourceSha256: evidence.source.sha256 },
      },
    ],
  };
}

function resultOf(rule: RuleRecord, finding: FindingRecord, ruleIndex: number, program: string): object {
  const { urn, type, verdict, properties, exception } = finding;
  const name = urn.split("::").at(-1) ?? urn;
  return {
    ruleId: rule.id,
    ruleIndex,
    kind: verdict === "undetermined" ? "open" : "fail",
    level: verdict === "undetermined" ? "none" : rule.level === "mandatory" ? "error" : "warning",
    message: { text: `${name}: ${textOf(properties, verdict, exception)}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: program }, region: { startLine: 1 } },
        logicalLocations: [{ name, fullyQualifiedName: urn, kind: type }],
      },
    ],
    partialFingerprints: { "urn/v1": `${rule.id}|${urn}` },
    ...(exception === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: "external",
              status: "accepted",
              justification: `${exception.reason}. Compensating control: ${exception.compensatingControl}`,
            },
          ],
        }),
  };
}

function textOf(
  properties: readonly Check[],
  verdict: FindingRecord["verdict"],
  exception: FindingRecord["exception"],
): string {
  if (exception !== undefined) return `not supported here: ${exception.reason}`;
  const wanted = verdict === "undetermined" ? "undetermined" : "fail";
  const parts = properties.filter(({ outcome }) => outcome === wanted);
  return parts
    .map(
      ({ property, found, allowed }) =>
        `${property || "the resource"} is ${found}${allowed === undefined ? "" : ` (allowed: ${allowed})`}`,
    )
    .join("; ");
}
