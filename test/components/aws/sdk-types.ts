/** The installed SDK's own type files, read as data: which properties a resource has, and which are deprecated. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Registration } from "../harness.ts";

const root = fileURLToPath(new URL("../../../node_modules/@pulumi/aws/", import.meta.url));
const sources = new Map<string, ts.SourceFile>();

function source(file: string): ts.SourceFile {
  let parsed = sources.get(file);
  if (parsed === undefined) {
    parsed = ts.createSourceFile(file, readFileSync(root + file, "utf8"), ts.ScriptTarget.Latest, true);
    sources.set(file, parsed);
  }
  return parsed;
}

const isDeprecated = (node: ts.Node): boolean => ts.getJSDocDeprecatedTag(node) !== undefined;

function declaration(file: string, name: string): ts.InterfaceDeclaration | ts.ClassDeclaration {
  const found = source(file).statements.find(
    (statement): statement is ts.InterfaceDeclaration | ts.ClassDeclaration =>
      (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) &&
      statement.name?.text === name,
  );
  if (found === undefined) throw new Error(`${file} declares no ${name}`);
  return found;
}

/** `inputs.s3.BucketRule` → its interface in types/input.d.ts. */
function nested(namespace: string, name: string): ts.InterfaceDeclaration | undefined {
  for (const statement of source("types/input.d.ts").statements) {
    if (!ts.isModuleDeclaration(statement) || statement.name.text !== namespace) continue;
    if (statement.body === undefined || !ts.isModuleBlock(statement.body)) continue;
    const found = statement.body.statements.find(
      (inner): inner is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(inner) && inner.name.text === name,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The interfaces that a type mentions, through Input<…>, unions and arrays. */
function mentioned(type: ts.TypeNode): ts.InterfaceDeclaration[] {
  const found: ts.InterfaceDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && ts.isQualifiedName(node.typeName)) {
      const { left, right } = node.typeName;
      if (ts.isQualifiedName(left) && left.left.getText() === "inputs") {
        const declared = nested(left.right.text, right.text);
        if (declared !== undefined) found.push(declared);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(type);
  return found;
}

function propertyProblems(value: unknown, declared: ts.InterfaceDeclaration, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => propertyProblems(item, declared, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const member = declared.members.find((candidate) => candidate.name?.getText() === key);
    if (member === undefined || !ts.isPropertySignature(member)) return [`${path}.${key}: no such property`];
    if (isDeprecated(member)) return [`${path}.${key}: deprecated`];
    if (member.type === undefined) return [];
    const candidates = mentioned(member.type);
    if (candidates.length === 0) return [];
    const results = candidates.map((candidate) => propertyProblems(inner, candidate, `${path}.${key}`));
    return results.find((problems) => problems.length === 0) ?? results[0] ?? [];
  });
}

/** Deprecated or unknown types and properties of a registration; empty for anything that is no resource of the SDK. */
export function sdkProblems({ type, name, inputs }: Registration): string[] {
  const token = /^aws:([^:]+):(\w+)$/.exec(type);
  if (!token) return [];
  const [, module, className] = token as unknown as [string, string, string];
  const file = `${module}.d.ts`;
  const here = `${type} ${name}`;
  const deprecated = isDeprecated(declaration(file, className)) ? [`${here}: deprecated`] : [];
  const args = declaration(file, `${className}Args`) as ts.InterfaceDeclaration;
  return [...deprecated, ...propertyProblems(inputs, args, here)];
}
