/** Lint keeps the borders of docs/architecture.md: who may import whom. */
import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";

type Import = readonly [file: string, from: string, isAllowed: boolean];
const imports: readonly Import[] = [
  ["index.ts", "./components/registry.ts", true],
  ["index.ts", "@pulumi/tls", false],
  ["index.ts", "@pulumi/policy", false],
  ["config.ts", "@pulumi/aws/s3/index.js", false],
  ["components/registry.ts", "@pulumi/azure-native/storage/index.js", false],
  ["components/contracts/x.ts", "@pulumi/pulumi", true],
  ["components/contracts/x.ts", "@pulumi/random", false],
  ["components/shared/x.ts", "@pulumi/tls", true],
  ["components/shared/x.ts", "@pulumi/aws/iam/index.js", false],
  ["components/shared/x.ts", "../local/keys.ts", false],
  ["components/aws/x.ts", "@pulumi/aws/s3/index.js", true],
  ["components/aws/x.ts", "@pulumi/aws", false],
  ["components/aws/x.ts", "@pulumi/azure-native/storage/index.js", false],
  ["components/aws/x.ts", "../local/keys.ts", false],
  ["components/local/x.ts", "@pulumi/aws/s3/index.js", false],
  ["components/local/x.ts", "../aws/keys.ts", false],
  ["functions/handlers/x.ts", "../core/decoder.ts", true],
  ["functions/handlers/x.ts", "@pulumi/pulumi", false],
  ["functions/core/x.ts", "./rows.ts", true],
  ["functions/core/x.ts", "./formats/senml.ts", true],
  ["functions/core/x.ts", "../ports.ts", false],
  ["functions/core/x.ts", "node:crypto", false],
  ["functions/core/x.ts", "child_process", false],
  ["functions/core/x.ts", "@pulumi/pulumi", false],
  ["functions/core/x.ts", "aws4fetch", false],
  ["functions/core/profiles/x.ts", "zod", true],
  ["functions/core/formats/x.ts", "../rows.ts", true],
  ["functions/core/formats/x.ts", "../../ports.ts", false],
  ["functions/core/formats/x.ts", "../../../site/seal.ts", false],
  ["functions/insights/forecast/x.ts", "../seasonality.ts", true],
  ["functions/insights/x.ts", "../core/instant.ts", false],
  ["functions/insights/forecast/x.ts", "../../core/instant.ts", false],
  ["functions/insights/x.ts", "node:fs", false],
  ["site/x.ts", "../functions/core/table.ts", true],
  ["site/x.ts", "@pulumi/pulumi", false],
  ["site/store/x.ts", "../../components/local/keys.ts", false],
  ["fleet/x.ts", "../site/client.ts", true],
  ["fleet/commands/x.ts", "@pulumi/aws/iot/index.js", false],
  ["fleet/authority/x.ts", "../../site/seal.ts", false],
  ["fleet/registry/x.ts", "@pulumi/pulumi", false],
  ["policies/rules/x.ts", "@pulumi/aws/s3/index.js", false],
  ["provider/resources/x.ts", "@pulumi/tls", false],
  ["samples/x.ts", "@pulumi/aws", false],
];

/** Lines that a file may have. */
const sizes: readonly (readonly [file: string, lines: number])[] = [
  ["index.ts", 60],
  ["functions/handlers/x.ts", 60],
  ["components/contracts/x.ts", 120],
];

/** The rules that each text breaks, by ESLint itself in a process of its own. */
function lint(texts: readonly (readonly [file: string, text: string])[]): (string | null)[][] {
  const program = `
    import { ESLint } from "eslint";
    import { text } from "node:stream/consumers";
    const eslint = new ESLint();
    const found = [];
    for (const [filePath, code] of JSON.parse(await text(process.stdin))) {
      const [result] = await eslint.lintText(code, { filePath });
      found.push(result.messages.map(({ ruleId }) => ruleId));
    }
    console.log(JSON.stringify(found));`;
  const args = ["--input-type=module", "-e", program];
  return JSON.parse(execFileSync(process.execPath, args, { input: JSON.stringify(texts) }).toString()) as [];
}

const longer = (lines: number) => "export {};\n".repeat(lines);
const broken = lint([
  ...imports.map(([file, from]) => [file, `import { x } from "${from}";\nexport const y = x;\n`] as const),
  ...sizes.map(([file, lines]) => [file, longer(lines)] as const),
  ...sizes.map(([file, lines]) => [file, longer(lines + 1)] as const),
]);

test("an import across a border is an error, one within it is not", () => {
  const rules = broken.slice(0, imports.length);
  const judged = imports.map(([file, from], at): Import => [file, from, rules[at]?.length === 0]);
  expect(judged).toEqual(imports);
  expect(new Set(rules.flat())).toEqual(new Set(["no-restricted-imports"]));
});

test("a composition root, a handler and a contract stay small", () => {
  const rules = broken.slice(imports.length);
  expect(rules).toEqual([...sizes.map(() => []), ...sizes.map(() => ["max-lines"])]);
});
