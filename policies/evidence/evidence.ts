/**
 * What a judgement proves, as a file: requirement → rule → resource → verdict → property values, with the versions
 * that judged, the source that was judged and a hash over all of it.
 */
import { createHash } from "node:crypto";
import type { Judgement, StaleException } from "../kit/judge.ts";
import type { Finding, Rule, Theme, Verdict } from "../kit/rule.ts";
import type { Check } from "../kit/verdict.ts";

/** What each theme answers, in the words of the requirement. */
export const requirements: Readonly<Record<Theme, string>> = {
  "tls-in-transit": "Everything that travels is under TLS 1.2 or later",
  "cmk-at-rest": "Everything that is stored is encrypted under a key of the customer",
  "device-identity": "Every device has an identity of its own and reaches only what is its own",
  "least-privilege": "Nobody may do more than the task needs",
  "data-protection": "Data is kept, protected from deletion and not public",
  "retired-services": "Nothing is built on a service that is retired or closed",
  "pack-hygiene": "Nothing escapes the rules",
};

export interface EvidenceSource {
  /** `state`: what is deployed. `preview`: what would be. */
  readonly kind: "state" | "preview";
  /** File or stack, as the user named it. */
  readonly name: string;
  /** Hex, of the bytes that were judged. */
  readonly sha256: string;
  readonly resources: number;
}

export interface EvidenceVersions {
  readonly pack: string;
  readonly node: string;
  /** The engine that made the source; null where it does not say. */
  readonly pulumi: string | null;
}

export interface FindingRecord {
  readonly urn: string;
  readonly type: string;
  readonly verdict: Verdict;
  readonly properties: readonly Check[];
  readonly exception?: Finding["exception"];
}

export interface RuleRecord {
  readonly id: string;
  readonly description: string;
  readonly severity: Rule["severity"];
  readonly controls: readonly string[];
  /** Mandatory, or what the customer made of it. */
  readonly level: Level;
  readonly findings: readonly FindingRecord[];
}

export type Level = "mandatory" | "advisory" | "disabled";
export type Counts = Readonly<Record<Verdict, number>>;

export interface Evidence {
  readonly format: "fieldlake-evidence/1";
  /** RFC 3339, UTC. */
  readonly made: string;
  readonly source: EvidenceSource;
  readonly versions: EvidenceVersions;
  /** No mandatory rule is violated, and no exception is stale. */
  readonly passed: boolean;
  readonly counts: Counts;
  readonly requirements: readonly {
    readonly requirement: string;
    readonly theme: Theme;
    readonly counts: Counts;
    readonly rules: readonly RuleRecord[];
  }[];
  readonly staleExceptions: readonly StaleException[];
  /** Hex; over this document's JSON without this member. */
  readonly sha256: string;
}

export interface EvidenceParts {
  readonly judgement: Judgement;
  readonly rules: readonly Rule[];
  readonly levels: ReadonlyMap<string, Level>;
  readonly source: EvidenceSource;
  readonly versions: EvidenceVersions;
  readonly made: string;
}

export function makeEvidence({ judgement, rules, levels, source, versions, made }: EvidenceParts): Evidence {
  const levelOf = (rule: Rule): Level => levels.get(rule.id) ?? "mandatory";
  const judged = judgement.findings.filter(({ rule }) => levelOf(rule) !== "disabled");
  const themes = [...new Set(rules.map(({ theme }) => theme))];
  const content: Omit<Evidence, "sha256"> = {
    format: "fieldlake-evidence/1",
    made,
    source,
    versions,
    passed:
      judgement.staleExceptions.length === 0 &&
      !judged.some(({ rule, verdict }) => verdict === "fail" && levelOf(rule) === "mandatory"),
    counts: counted(judged),
    requirements: themes.map((theme) => ({
      requirement: requirements[theme],
      theme,
      counts: counted(judged.filter(({ rule }) => rule.theme === theme)),
      rules: rules
        .filter((rule) => rule.theme === theme)
        .map((rule) =>
          ruleRecord(
            rule,
            levelOf(rule),
            judged.filter((finding) => finding.rule === rule),
          ),
        ),
    })),
    staleExceptions: judgement.staleExceptions,
  };
  return { ...content, sha256: hashOf(content) };
}

function ruleRecord(rule: Rule, level: Level, findings: readonly Finding[]): RuleRecord {
  const { id, description, severity, controls } = rule;
  return {
    id,
    description,
    severity,
    controls,
    level,
    findings: findings.map(({ resource, verdict, checks, exception }) => ({
      urn: resource.urn,
      type: resource.token,
      verdict,
      properties: checks,
      ...(exception === undefined ? {} : { exception }),
    })),
  };
}

function counted(findings: readonly Finding[]): Counts {
  const of = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  return {
    pass: of("pass"),
    fail: of("fail"),
    undetermined: of("undetermined"),
    "not-supported": of("not-supported"),
  };
}

const hashOf = (content: object): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex");

/** Whether an evidence document is as it was made. */
export function isIntact({ sha256, ...content }: Evidence): boolean {
  return hashOf(content) === sha256;
}
