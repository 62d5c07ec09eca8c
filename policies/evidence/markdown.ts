/** Evidence for people: a summary, what is wrong with its fix, exceptions, and a table of every requirement. */
import type { Rule } from "../kit/rule.ts";
import type { Check } from "../kit/verdict.ts";
import type { Counts, Evidence, FindingRecord, RuleRecord } from "./evidence.ts";

export function toMarkdown(evidence: Evidence, rules: readonly Rule[]): string {
  const fixes = new Map(rules.map(({ id, fix, why }) => [id, { fix, why }]));
  const all = evidence.requirements.flatMap((requirement) => requirement.rules);
  const { source, versions, made, sha256 } = evidence;
  return [
    `## Fieldlake policies: ${evidence.passed ? "passed" : "**failed**"}`,
    "",
    `${source.kind === "state" ? "Deployed state" : "Planned state"} of \`${source.name}\`, ${source.resources} resources. ${summary(evidence.counts)}.`,
    "",
    "| requirement | pass | fail | undetermined | not supported here |",
    "|---|---:|---:|---:|---:|",
    ...evidence.requirements.map(
      ({ requirement, counts }) => `| ${requirement} | ${numbers(counts).join(" | ")} |`,
    ),
    ...section("Violations", violations(all, fixes)),
    ...section(
      "Stale exceptions",
      evidence.staleExceptions.map(
        ({ exception, state }) =>
          `- \`${exception.rule}\` for \`${exception.resource}\`: ${state} (until ${exception.expires})`,
      ),
    ),
    ...section(
      "Named exceptions",
      listed(
        all,
        "not-supported",
        (rule, { urn, exception }) =>
          `| \`${rule.id}\` | ${nameOf(urn)} | ${cell(exception?.reason ?? "")} | ${cell(exception?.compensatingControl ?? "")} | ${exception?.expires ?? "–"} |`,
        ["| rule | resource | reason | compensating control | until |", "|---|---|---|---|---|"],
      ),
    ),
    ...section(
      "Not known before the update",
      listed(
        all,
        "undetermined",
        (rule, { urn, properties }) => `| \`${rule.id}\` | ${nameOf(urn)} | ${cell(open(properties))} |`,
        ["| rule | resource | property |", "|---|---|---|"],
      ),
    ),
    "",
    "<details><summary>Every rule and resource</summary>",
    "",
    "| rule | resource | verdict | values | controls |",
    "|---|---|---|---|---|",
    ...all.flatMap((rule) =>
      rule.findings.map(
        ({ urn, verdict, properties }) =>
          `| \`${rule.id}\` | ${nameOf(urn)} | ${verdict} | ${cell(properties.map(({ property, found }) => `${property}: ${found}`).join("; "))} | ${cell(rule.controls.join(", "))} |`,
      ),
    ),
    "",
    "</details>",
    "",
    `Pack ${versions.pack}, Node ${versions.node}${versions.pulumi === null ? "" : `, Pulumi ${versions.pulumi}`}, ${made}. Source SHA-256 \`${source.sha256}\`, evidence SHA-256 \`${sha256}\`.`,
    "",
  ].join("\n");
}

function violations(
  all: readonly RuleRecord[],
  fixes: ReadonlyMap<string, { readonly fix: string; readonly why: string }>,
): string[] {
  return all.flatMap((rule) =>
    rule.findings
      .filter(({ verdict }) => verdict === "fail")
      .map(({ urn, properties }) => {
        const wrong = properties.filter(({ outcome }) => outcome === "fail");
        const what = wrong
          .map(({ property, found }) => `\`${property || "resource"}\` is ${found}`)
          .join("; ");
        const { fix = "", why = "" } = fixes.get(rule.id) ?? {};
        const level = rule.level === "mandatory" ? "" : ` (${rule.level})`;
        return `- **${nameOf(urn)}**${level}: ${what}. ${why} Fix: ${fix} \`${rule.id}\` [${rule.controls.join(", ")}]`;
      }),
  );
}

function listed(
  all: readonly RuleRecord[],
  verdict: FindingRecord["verdict"],
  row: (rule: RuleRecord, finding: FindingRecord) => string,
  head: readonly string[],
): string[] {
  const rows = all.flatMap((rule) =>
    rule.findings.filter((finding) => finding.verdict === verdict).map((finding) => row(rule, finding)),
  );
  return rows.length === 0 ? [] : [...head, ...rows];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", `### ${title}`, "", ...lines];
const open = (properties: readonly Check[]): string =>
  [
    ...new Set(
      properties.filter(({ outcome }) => outcome === "undetermined").map(({ property }) => property),
    ),
  ].join(", ");
const nameOf = (urn: string): string => `\`${urn.split("::").at(-1) ?? urn}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const numbers = (counts: Counts): number[] => [
  counts.pass,
  counts.fail,
  counts.undetermined,
  counts["not-supported"],
];
const summary = (counts: Counts): string =>
  `${counts.pass} pass, ${counts.fail} fail, ${counts.undetermined} undetermined, ${counts["not-supported"]} not supported here`;
