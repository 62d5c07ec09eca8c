/** Finds interfaces and enumerations in the type files of an SDK, each of which is parsed at most once. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The members of an interface or class, and the text of the file they stand in. */
export interface Members {
  readonly members: readonly ts.Node[];
  readonly text: string;
}

/** Interfaces of one file by name; those inside a namespace as `namespace.Name`. */
type Interfaces = ReadonlyMap<string, Members>;

/** The values of each enumeration of one file. */
type Enumerations = ReadonlyMap<string, readonly (string | number | boolean)[]>;

/** Parses a file; documentation comments are left where they are. */
export const parseFile = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, "utf8"), {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });

/** The type files of one SDK. */
export class Declarations {
  readonly folder: string;
  readonly #interfaces = new Map<string, Interfaces>();
  readonly #enumerations = new Map<string, Enumerations>();

  /** @param folder of the SDK below node_modules */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * An interface of `types/input.d.ts` or `types/output.d.ts`.
   * @param name as the SDK's files write it: `inputs.s3.BucketWebsite`, `outputs.ProviderAssumeRole`
   */
  interface(name: string): Members {
    const [root = "", ...path] = name.split(".");
    const file = { inputs: "input", outputs: "output" }[root];
    const found = file && this.#interfacesOf(join(this.folder, "types", `${file}.d.ts`)).get(path.join("."));
    if (!found) throw new Error(`${this.folder} has no type ${name}`);
    return found;
  }

  /**
   * The values of an enumeration below `types/enums`.
   * @param name for example `storage.Kind`, or `Region`
   */
  enumeration(name: string): readonly (string | number | boolean)[] {
    const path = name.split(".");
    const file = join(this.folder, "types", "enums", ...path.slice(0, -1), "index.d.ts");
    const values = this.#enumerationsOf(file).get(path.at(-1) ?? "");
    if (!values) throw new Error(`${this.folder} has no enumeration ${name}`);
    return values;
  }

  /** Whether there is an enumeration of that name. */
  hasEnumeration(name: string): boolean {
    const file = join(this.folder, "types", "enums", "index.d.ts");
    return existsSync(file) && this.#enumerationsOf(file).has(name);
  }

  #interfacesOf(file: string): Interfaces {
    let known = this.#interfaces.get(file);
    if (!known) this.#interfaces.set(file, (known = interfacesIn(parseFile(file))));
    return known;
  }

  #enumerationsOf(file: string): Enumerations {
    let known = this.#enumerations.get(file);
    if (!known) this.#enumerations.set(file, (known = enumerationsIn(parseFile(file))));
    return known;
  }
}

const interfacesIn = (source: ts.SourceFile): Interfaces => {
  const found = new Map<string, Members>();
  const collect = (statements: readonly ts.Statement[], prefix: string): void => {
    for (const statement of statements) {
      if (ts.isInterfaceDeclaration(statement)) {
        found.set(prefix + statement.name.text, { members: statement.members, text: source.text });
      }
      if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
        collect(statement.body.statements, `${prefix}${statement.name.text}.`);
      }
    }
  };
  collect(source.statements, "");
  return found;
};

/** An enumeration is a constant object of literal types: `const Kind: { readonly StorageV2: "StorageV2" }`. */
const enumerationsIn = (source: ts.SourceFile): Enumerations => {
  const found = new Map<string, readonly (string | number | boolean)[]>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, type } of statement.declarationList.declarations) {
      if (!type || !ts.isTypeLiteralNode(type) || !ts.isIdentifier(name)) continue;
      const values = type.members.flatMap((member) =>
        ts.isPropertySignature(member) && member.type ? literalValues(member.type) : [],
      );
      found.set(name.text, [...new Set(values)]);
    }
  }
  return found;
};

/** The value of a literal type; none for another type. */
export const literalValues = (type: ts.TypeNode): (string | number | boolean)[] => {
  if (!ts.isLiteralTypeNode(type)) return [];
  const { literal } = type;
  if (ts.isStringLiteral(literal)) return [literal.text];
  if (ts.isNumericLiteral(literal)) return [Number(literal.text)];
  if (ts.isPrefixUnaryExpression(literal) && ts.isNumericLiteral(literal.operand)) {
    return [-Number(literal.operand.text)];
  }
  if (literal.kind === ts.SyntaxKind.TrueKeyword) return [true];
  return literal.kind === ts.SyntaxKind.FalseKeyword ? [false] : [];
};
