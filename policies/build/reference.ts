/** The reference of all rules, made from the rules: docs/policies.md between its marks. */
import type { Rule, Theme } from "../kit/rule.ts";
import { settingsSchema } from "../kit/settings.ts";
import { requirements } from "../evidence/evidence.ts";

export const marks = {
  begin: "<!-- rules: made by npm run policies:docs -->",
  end: "<!-- end of rules -->",
} as const;

export function toReference(rules: readonly Rule[]): string {
  const themes = [...new Set(rules.map(({ theme }) => theme))];
  return [
    `${rules.length} rules for ${new Set(rules.flatMap(({ types }) => types)).size} types of resources.`,
    "",
    "### Settings",
    "",
    "| setting of `fieldlake-settings` | default | meaning |",
    "|---|---|---|",
    ...Object.entries(settingsSchema.properties).map(([name, schema]) => {
      const { default: standard, description = "" } = schema as { default?: unknown; description?: string };
      return `| \`${name}\` | \`${JSON.stringify(standard)}\` | ${cell(description)} |`;
    }),
    ...themes.flatMap((theme) =>
      ofTheme(
        theme,
        rules.filter((rule) => rule.theme === theme),
      ),
    ),
  ].join("\n");
}

function ofTheme(theme: Theme, rules: readonly Rule[]): readonly string[] {
  return [
    "",
    `### ${requirements[theme]} (\`${theme}\`)`,
    ...rules.flatMap((rule) => [
      "",
      `#### ${rule.id}`,
      "",
      `${rule.description}. ${rule.why} *${rule.severity}${rule.remediate === undefined ? "" : ", can be mended by `remediate`"}${rule.unsupported === undefined ? "" : ", may be `not supported here`"}*`,
      "",
      `- resources: ${rule.types.map((type) => `\`${type}\``).join(", ")}`,
      `- answers: ${rule.controls.join(", ")}`,
      `- violation: \`${rule.example.violation}\``,
      `- fix: ${rule.fix}: \`${rule.example.fixed}\``,
    ]),
  ];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** A page with what stands between the marks replaced. Throws where the marks are not there. */
export function withReference(page: string, rules: readonly Rule[]): string {
  const [before, rest] = page.split(marks.begin);
  const after = rest?.split(marks.end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/policies.md: has no ${marks.begin} … ${marks.end} to put the rules between`);
  return `${before}${marks.begin}\n\n${toReference(rules)}\n\n${marks.end}${after}`;
}
