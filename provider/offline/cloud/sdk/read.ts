/** Reads resources, functions and the provider's settings off an SDK's type files. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Members } from "./declarations.ts";
import { Declarations, parseFile } from "./declarations.ts";
import { readComment } from "./documentation.ts";
import type { FunctionSchema, ObjectSchema, ProviderSchema, ResourceSchema } from "./schema.ts";
import { fileOf, parseToken } from "./tokens.ts";
import { TypeReader, commentBefore } from "./types.ts";

/** Reads one SDK; what it has parsed stays in memory. */
export class SdkReader {
  readonly #declarations: Declarations;

  /** @param folder of the SDK below node_modules */
  constructor(folder: string) {
    this.#declarations = new Declarations(folder);
  }

  /** A resource; undefined if the SDK has none of that token. */
  resource(token: string): ResourceSchema | undefined {
    const file = this.#file(token);
    if (file === undefined) return undefined;
    const { name } = parseToken(token);
    const source = parseFile(`${file}.d.ts`);
    const declaration = source.statements
      .filter(ts.isClassDeclaration)
      .find((statement) => statement.name?.text === name);
    const program = readFileSync(`${file}.js`, "utf8");
    if (!declaration || !program.includes(`__pulumiType = '${token}'`)) return undefined;

    const types = new TypeReader(this.#declarations);
    const comment = commentBefore(declaration, source.text);
    const { deprecated } = readComment(comment);
    const [, apiVersion] = /Uses Azure REST API version (\d{4}-\d\d-\d\d(?:-\w+)?)/.exec(comment) ?? [];
    return {
      kind: "resource",
      token,
      inputs: properties(types, source, `${name}Args`),
      outputs: types.properties({ members: declaration.members, text: source.text }),
      secretOutputs: secretOutputsOf(program),
      ...(deprecated === undefined ? {} : { deprecated }),
      ...(apiVersion === undefined ? {} : { apiVersion }),
      objects: types.objects,
    };
  }

  /** A function; undefined if the SDK has none of that token. */
  function(token: string): FunctionSchema | undefined {
    const file = this.#file(token);
    if (file === undefined || !readFileSync(`${file}.js`, "utf8").includes(`invoke("${token}"`)) {
      return undefined;
    }
    const { name } = parseToken(token);
    const source = parseFile(`${file}.d.ts`);
    const types = new TypeReader(this.#declarations);
    const capital = name.charAt(0).toUpperCase() + name.slice(1);
    const inputs = properties(types, source, `${capital}Args`);
    const outputs = properties(types, source, `${capital}Result`);
    return { kind: "function", token, inputs, outputs, objects: types.objects };
  }

  /** The settings of the package's provider. */
  provider(token: string): ProviderSchema {
    const source = parseFile(join(this.#declarations.folder, "provider.d.ts"));
    const types = new TypeReader(this.#declarations);
    return {
      kind: "provider",
      token,
      inputs: properties(types, source, "ProviderArgs"),
      objects: types.objects,
    };
  }

  #file(token: string): string | undefined {
    return fileOf(this.#declarations.folder, parseToken(token));
  }
}

/** The properties of an interface of this file; none if there is no such interface. */
const properties = (types: TypeReader, source: ts.SourceFile, name: string): ObjectSchema => {
  const declaration = source.statements
    .filter(ts.isInterfaceDeclaration)
    .find((statement) => statement.name.text === name);
  const members: Members = { members: declaration?.members ?? [], text: source.text };
  return types.properties(members);
};

const secretOutputsOf = (program: string): string[] => {
  const [, list = ""] = /additionalSecretOutputs: \[([^\]]*)\]/.exec(program) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].flatMap(([, name]) => name ?? []);
};
