/**
 * Tables of a codec, built when they are first asked for. A codec's variables are made anew for each uplink, and many codecs
 * begin with tables that an uplink never touches, such as those of downlink commands.
 *
 * Only a declaration whose value nobody can tell from one that is made later: a literal of literals and functions, to a name
 * that is bound once in the whole codec, before anything of it runs. Everything else stays as it is, and so does a text that is not
 * understood.
 */

import {
  parse,
  type Expression,
  type ModuleDeclaration,
  type Node,
  type Statement,
  type VariableDeclarator,
} from "acorn";
import { readNames, type Names } from "./names.ts";

/** Nodes of syntax from which on a table is worth the question whether it is there. */
const leastNodes = 40;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** @param code the body of a function. Returns it with its tables lazy, on the same lines */
export function withLazyTables(code: string): string {
  try {
    const program = parse(code, { ecmaVersion: "latest", allowReturnOutsideFunction: true });
    const names = readNames(program);
    if (names === null) return code;
    const running = program.body.findIndex((statement) => !onlyDeclares(statement));
    const edits = program.body.slice(0, running < 0 ? undefined : running).flatMap((statement) => {
      if (statement.type !== "VariableDeclaration" || statement.declarations.length !== 1) return [];
      return lazyDeclaration(code, statement.start, statement.declarations[0]!, names);
    });
    return edits
      .toSorted((one, other) => other.start - one.start)
      .reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), code);
  } catch {
    // No JavaScript, or too deep for this parser: whoever runs it says what is wrong.
    return code;
  }
}

/** Whether a statement runs no function of the codec. */
function onlyDeclares(statement: Statement | ModuleDeclaration): boolean {
  switch (statement.type) {
    case "FunctionDeclaration":
    case "EmptyStatement":
      return true;
    case "ExpressionStatement":
      return statement.expression.type === "Literal";
    case "VariableDeclaration":
      return statement.declarations.every(
        ({ id, init }) =>
          id.type === "Identifier" && (!init || init.type === "Identifier" || !Number.isNaN(sizeOf(init))),
      );
    default:
      return false;
  }
}

function lazyDeclaration(code: string, start: number, declared: VariableDeclarator, names: Names): Edit[] {
  const { id, init, end } = declared;
  if (id.type !== "Identifier" || !init || !(sizeOfTable(init) >= leastNodes)) return [];
  const { name } = id;
  const references = names.references.get(name) ?? [];
  const isEarly = references.some((one) => !one.isInFunction && one.start < end);
  if (names.bindings.get(name) !== 1 || isEarly || code.includes(`${name}$`)) return [];
  const [table, make] = [`${name}$table`, `${name}$make`];
  return [
    { start, end: init.start, by: `var ${table}, ${make} = () => ${table} = ` },
    ...references.map((one) => ({
      start: one.start,
      end: one.end,
      by: `${one.isShorthand ? `${name}: ` : ""}(${table} || ${make}())`,
    })),
  ];
}

/** Nodes of an object or array of literals and functions; NaN for what is none. */
function sizeOfTable(init: Expression): number {
  return init.type === "ObjectExpression" || init.type === "ArrayExpression" ? sizeOf(init) : NaN;
}

function sizeOf(node: Node | null): number {
  const expression = node as Expression | null;
  switch (expression?.type) {
    case undefined:
    case "Literal":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return 1;
    case "TemplateLiteral":
      return expression.expressions.length === 0 ? 1 : NaN;
    case "UnaryExpression":
      return expression.argument.type === "Literal" ? 1 : NaN;
    case "ArrayExpression":
      return expression.elements.reduce((sum, element) => sum + sizeOf(element), 1);
    case "ObjectExpression":
      return expression.properties.reduce((sum, property) => {
        if (property.type !== "Property" || property.computed) return NaN;
        return sum + sizeOf(property.value);
      }, 1);
    default:
      return NaN;
  }
}
