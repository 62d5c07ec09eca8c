/** Reads the types that the SDKs' generators write, and the objects they reach. */

import ts from "typescript";
import type { Declarations, Members } from "./declarations.ts";
import { literalValues } from "./declarations.ts";
import { readComment } from "./documentation.ts";
import type { ObjectSchema, PropertySchema, TypeExpression } from "./schema.ts";

/** A member of an interface or class with a name and a type. */
type Member = ts.PropertySignature | ts.PropertyDeclaration;

/** Wrappers that say how a value may be given, not what it is. */
const wrappers: ReadonlySet<string> = new Set(["pulumi.Input", "pulumi.Output", "pulumi.InputObject"]);

const keywords: Partial<Record<ts.SyntaxKind, TypeExpression>> = {
  [ts.SyntaxKind.StringKeyword]: "string",
  [ts.SyntaxKind.NumberKeyword]: "number",
  [ts.SyntaxKind.BooleanKeyword]: "boolean",
  [ts.SyntaxKind.AnyKeyword]: "any",
};

const isUndefined = (node: ts.TypeNode): boolean => node.kind === ts.SyntaxKind.UndefinedKeyword;

/** Reads types of one SDK and collects the named objects on the way. */
export class TypeReader {
  readonly objects: Record<string, ObjectSchema> = {};
  readonly #declarations: Declarations;

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  /** The properties of an interface, or the public ones of a class. */
  properties({ members, text }: Members): ObjectSchema {
    return Object.fromEntries(
      members.flatMap((member) =>
        (ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) &&
        member.type &&
        !isStatic(member)
          ? [[nameOf(member), this.#property(member, member.type, text)] as const]
          : [],
      ),
    );
  }

  #property(member: Member, node: ts.TypeNode, text: string): PropertySchema {
    const { type, optional } = this.#read(node);
    const { documentedValues, ...documented } = readComment(commentBefore(member, text));
    const needsList = documentedValues !== undefined && holdsPlainString(type);
    return {
      type,
      ...(optional || member.questionToken ? {} : { required: true as const }),
      ...documented,
      ...(needsList ? { documentedValues } : {}),
    };
  }

  #read(node: ts.TypeNode): { type: TypeExpression; optional: boolean } {
    const options: TypeExpression[] = [];
    let optional = false;
    const collect = (part: ts.TypeNode): void => {
      if (ts.isParenthesizedTypeNode(part)) collect(part.type);
      else if (ts.isUnionTypeNode(part)) part.types.forEach(collect);
      else if (isUndefined(part)) optional = true;
      else if (ts.isTypeReferenceNode(part) && wrappers.has(dotted(part.typeName))) {
        part.typeArguments?.forEach(collect);
      } else options.push(this.#single(part));
    };
    collect(node);
    return { type: combined(options), optional };
  }

  #single(node: ts.TypeNode): TypeExpression {
    const keyword = keywords[node.kind];
    if (keyword) return keyword;
    if (ts.isArrayTypeNode(node)) return { list: this.#read(node.elementType).type };
    if (ts.isLiteralTypeNode(node)) return { enumeration: { values: literalValues(node) } };
    if (ts.isTypeLiteralNode(node)) {
      const [index] = node.members;
      if (index && ts.isIndexSignatureDeclaration(index)) return { map: this.#read(index.type).type };
    }
    if (ts.isTypeReferenceNode(node)) return this.#reference(dotted(node.typeName));
    throw new Error(`a type of an unknown kind (${ts.SyntaxKind[node.kind]})`);
  }

  #reference(name: string): TypeExpression {
    if (name === "pulumi.asset.Asset") return "asset";
    if (name === "pulumi.asset.Archive") return "archive";
    if (name.startsWith("inputs.") || name.startsWith("outputs.")) {
      this.#object(name);
      return { object: name };
    }
    if (name.startsWith("enums.")) return this.#enumeration(name.slice("enums.".length));
    if (this.#declarations.hasEnumeration(name)) return this.#enumeration(name);
    // What is left names another resource, for which a program may give the resource or its id.
    return "string";
  }

  #enumeration(name: string): TypeExpression {
    return { enumeration: { name, values: this.#declarations.enumeration(name) } };
  }

  #object(name: string): void {
    if (name in this.objects) return;
    this.objects[name] = {};
    this.objects[name] = this.properties(this.#declarations.interface(name));
  }
}

/** A string beside an enumeration leaves it open; equal alternatives are one. */
const combined = (options: readonly TypeExpression[]): TypeExpression => {
  const open = options.includes("string") && (true as const);
  const merged = options.flatMap((option): TypeExpression[] => {
    if (!open || typeof option !== "object" || !("enumeration" in option)) return [option];
    return [{ enumeration: { ...option.enumeration, open } }];
  });
  const named = merged.some((option) => typeof option === "object" && "enumeration" in option);
  const kept = named ? merged.filter((option) => option !== "string") : merged;
  const distinct = [...new Map(kept.map((option) => [JSON.stringify(option), option])).values()];
  const [only = "any"] = distinct;
  return distinct.length > 1 ? { oneOf: distinct } : only;
};

const holdsPlainString = (type: TypeExpression): boolean =>
  type === "string" || (typeof type === "object" && "list" in type && holdsPlainString(type.list));

const isStatic = (member: Member): boolean =>
  member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;

/** The name a program writes. */
const nameOf = ({ name }: Member): string => {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  throw new Error("a property without a plain name");
};

/** `pulumi.asset.Archive`, from its parts. */
export const dotted = (name: ts.EntityName): string =>
  ts.isIdentifier(name) ? name.text : `${dotted(name.left)}.${name.right.text}`;

/** The documentation comment right before a node, with its stars; empty if there is none. */
export const commentBefore = (node: ts.Node, text: string): string => {
  const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const { pos, end } = ranges.at(-1) ?? { pos: 0, end: 0 };
  return text.slice(pos, end);
};
