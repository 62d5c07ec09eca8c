/** Statements of a key's policy that let everybody use it. */
import { isBoundByAny, isForEverybody } from "../../../../kit/conditions.ts";
import { statementsOf } from "../../../../kit/statements.ts";
import { type Check, fail, pass, undetermined } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";

const boundaries = [
  "kms:CallerAccount",
  "kms:ViaService",
  "aws:PrincipalAccount",
  "aws:PrincipalOrgID",
  "aws:SourceArn",
];
/** No statement lets everybody use the key, unless a condition keeps it within the account or a service. */
export function noOpenStatement(view: View, path: string): readonly Check[] {
  const document = view.document(path);
  const property = view.path(path);
  if (document.check.outcome !== "pass") return [document.check];
  const statements = statementsOf(document.value);
  if (statements === null) return [fail(property, "no policy document")];
  const open = statements.find(
    (statement) =>
      isForEverybody(statement) && (statement.hasNotPrincipal || !isBoundByAny(statement, boundaries)),
  );
  if (open !== undefined) return [fail(property, "a statement that allows everybody", "named principals")];
  return [
    statements.some(({ isOpen }) => isOpen)
      ? undetermined(property)
      : pass(property, "named principals only"),
  ];
}
