/** Where the text of a codec binds and uses names, as far as moving a declaration asks for it. */

import type { Node, Program } from "acorn";

interface Reference {
  readonly start: number;
  readonly end: number;
  /** `{ name }`, which means `{ name: name }`. */
  readonly isShorthand: boolean;
  readonly isInFunction: boolean;
}

export interface Names {
  readonly references: ReadonlyMap<string, readonly Reference[]>;
  /** How often a name is bound or assigned to, in whatever scope. */
  readonly bindings: ReadonlyMap<string, number>;
}

type Tree = Readonly<Record<string, unknown>> & Node;

const isNode = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
const functionTypes = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassBody)$/;

/** Null where a name may be used without standing there: `eval`, `with`, accessors, an escaped name. */
export function readNames(program: Program): Names | null {
  const references = new Map<string, Reference[]>();
  const bindings = new Map<string, number>();
  let isOpaque = false;

  const visit = (node: Tree, isInFunction: boolean, isTarget: boolean, isShorthand: boolean): void => {
    const { type } = node;
    if (type === "Identifier") {
      const { start, end } = node;
      const name = String(node["name"]);
      if (name === "eval" || name === "Function" || end - start !== name.length) isOpaque = true;
      if (isTarget) bindings.set(name, (bindings.get(name) ?? 0) + 1);
      else {
        const list = references.get(name) ?? [];
        references.set(name, list);
        list.push({ start, end, isShorthand, isInFunction });
      }
      return;
    }
    if (type === "WithStatement" || node["kind"] === "get" || node["kind"] === "set") isOpaque = true;
    const isWithin = isInFunction || functionTypes.test(type);
    for (const [key, value] of Object.entries(node)) {
      if (isLabel(node, key)) continue;
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        // Its key is the same place in the text.
        if (!isNode(child) || (node["shorthand"] === true && key === "key")) continue;
        visit(child, isWithin, bindsAt(node, key, isTarget), node["shorthand"] === true);
      }
    }
  };
  visit(program as unknown as Tree, false, false, false);
  return isOpaque ? null : { references, bindings };
}

/** Whether a name at this place is no variable's. */
function isLabel({ type, computed }: Tree, key: string): boolean {
  switch (type) {
    case "MemberExpression":
      return key === "property" && computed !== true;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return key === "key" && computed !== true;
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return key === "label";
    case "MetaProperty":
      return true;
    default:
      return false;
  }
}

/** Whether a name at this place gets a value there. */
function bindsAt({ type, operator }: Tree, key: string, isTarget: boolean): boolean {
  switch (type) {
    case "VariableDeclarator":
    case "ClassDeclaration":
    case "ClassExpression":
      return key === "id";
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return key === "id" || key === "params";
    case "AssignmentExpression":
    case "AssignmentPattern":
    case "ForInStatement":
    case "ForOfStatement":
      return key === "left";
    case "CatchClause":
      return key === "param";
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      return operator === "delete";
    case "Property":
      return isTarget && key === "value";
    case "ObjectPattern":
    case "ArrayPattern":
    case "RestElement":
      return isTarget;
    default:
      return false;
  }
}
