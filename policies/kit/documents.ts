/** Policy documents of resources: where they are, what their statements say. */
import { everyPlaceOf } from "./places.ts";
import { statementsOf, type Statement } from "./statements.ts";
import { isAbsent } from "./value.ts";
import { fail, pass, undetermined, type Check } from "./verdict.ts";
import type { View } from "./view.ts";

export interface PolicyDocument {
  /** Whether it can be read at all. */
  readonly check: Check;
  readonly statements: readonly Statement[];
}

export function readDocument(view: View, property: string): PolicyDocument {
  const { value, check } = view.document(property);
  if (check.outcome !== "pass") return { check, statements: [] };
  const statements = statementsOf(value);
  return statements === null
    ? { check: fail(view.path(property), "no policy document", "Version and Statement"), statements: [] }
    : { check, statements };
}

/**
 * One check for every statement that is wrong, else one for the document. `wrong` says what is wrong with a statement,
 * or null; statements that hold something unknown are left open.
 */
export function everyStatement(
  view: View,
  property: string,
  wrong: (statement: Statement) => string | null,
  allowed?: string,
): readonly Check[] {
  const path = view.path(property);
  const { check, statements } = readDocument(view, property);
  if (check.outcome !== "pass") return [check];
  const failures = statements.flatMap((statement) => {
    const found = statement.isOpen ? null : wrong(statement);
    return found === null ? [] : [fail(`${path}.${statement.name}`, found, allowed)];
  });
  if (failures.length > 0) return failures;
  return [
    statements.some(({ isOpen }) => isOpen)
      ? undetermined(path)
      : pass(path, statements.length === 1 ? "one statement" : `${statements.length} statements`),
  ];
}

/** Where resources of a type keep policy documents: paths as in places.ts. */
export type DocumentPlaces = Readonly<Record<string, string | readonly string[]>>;

export function everyDocument(
  view: View,
  places: DocumentPlaces,
  wrong: (statement: Statement) => string | null,
  allowed?: string,
): readonly Check[] {
  return everyPlaceOf(view, places[view.resource.type] ?? [], (place, property) =>
    everyStatement(place, property, wrong, allowed),
  );
}

/** Whether a resource has any document: a rule about documents is none of the others' business. */
export function hasDocument(view: View, places: DocumentPlaces): boolean {
  let isThere = false;
  everyPlaceOf(view, places[view.resource.type] ?? [], (place, property) => {
    isThere ||= !isAbsent(place.value(property));
    return [];
  });
  return isThere;
}
