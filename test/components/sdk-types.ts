/** The installed SDKs' own type files, read as data: which properties a resource has, and which are deprecated. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Registration } from "./harness.ts";

const root = fileURLToPath(new URL("../../node_modules/@pulumi/", import.meta.url));
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
function nested(sdk: string, namespace: string, name: string): ts.InterfaceDeclaration | undefined {
  for (const statement of source(`${sdk}/types/input.d.ts`).statements) {
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
function mentioned(sdk: string, type: ts.TypeNode): ts.InterfaceDeclaration[] {
  const found: ts.InterfaceDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && ts.isQualifiedName(node.typeName)) {
      const { left, right } = node.typeName;
      if (ts.isQualifiedName(left) && left.left.getText() === "inputs") {
        const declared = nested(sdk, left.right.text, right.text);
        if (declared !== undefined) found.push(declared);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(type);
  return found;
}

/** Whether a type's members are named by its user: `{ [key: string]: … }`. */
function isMap(type: ts.TypeNode): boolean {
  const text = type.getText().replace(/^pulumi\.Input<\s*/, "");
  return /^\{\s*\[/.test(text);
}

function propertyProblems(
  sdk: string,
  value: unknown,
  declared: ts.InterfaceDeclaration,
  path: string,
): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => propertyProblems(sdk, item, declared, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const member = declared.members.find((candidate) => candidate.name?.getText() === key);
    if (member === undefined || !ts.isPropertySignature(member)) return [`${path}.${key}: no such property`];
    if (isDeprecated(member)) return [`${path}.${key}: deprecated`];
    if (member.type === undefined) return [];
    const candidates = mentioned(sdk, member.type);
    if (candidates.length === 0) return [];
    const values: unknown[] = isMap(member.type) ? Object.values(inner as object) : [inner];
    const results = candidates.map((candidate) =>
      values.flatMap((one) => propertyProblems(sdk, one, candidate, `${path}.${key}`)),
    );
    return results.find((problems) => problems.length === 0) ?? results[0] ?? [];
  });
}

/** Deprecated or unknown types and properties of a registration; empty for anything that is no resource of the SDK. */
export function sdkProblems({ type, name, inputs }: Registration): string[] {
  const token = /^(aws|azure-native):([^:]+):(\w+)$/.exec(type);
  if (!token) return [];
  const [, sdk, , className] = token as unknown as [string, string, string, string];
  const file = fileOf(type);
  const here = `${type} ${name}`;
  const deprecated = isDeprecated(declaration(file, className)) ? [`${here}: deprecated`] : [];
  const args = declaration(file, `${className}Args`) as ts.InterfaceDeclaration;
  return [...deprecated, ...propertyProblems(sdk, inputs, args, here)];
}

/** `aws:s3/bucket:Bucket` and `azure-native:storage:StorageAccount` to the file that declares them. */
function fileOf(type: string): string {
  const [sdk = "", module = "", className = ""] = type.split(":");
  const file = sdk === "aws" ? module : `${module}/${className.charAt(0).toLowerCase()}${className.slice(1)}`;
  return `${sdk}/${file}.d.ts`;
}

/** The version of Azure's API that a resource of azure-native uses. */
export function azureApiVersion(type: string): string {
  const [, version] = /Uses Azure REST API version ([\w-]+)\./.exec(source(fileOf(type)).text) ?? [];
  if (version === undefined) throw new Error(`${type} does not say which version of the API it uses`);
  return version;
}
