/** Statements of a key's policy that let everybody use it. */
import { conditionOf, isAnybody, statementsOf } from "../../../../kit/statements.ts";
import { type Check, fail, pass, undetermined } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";

const boundaries = [
  "kms:CallerAccount",
  "kms:ViaService",
  "aws:PrincipalAccount",
  "aws:PrincipalOrgID",
  "aws:SourceAccount",
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
      statement.effect === "Allow" &&
      (statement.hasNotPrincipal || statement.principals.some(isAnybody)) &&
      !boundaries.some((key) =>
        conditionOf(statement, key).some(({ operator }) =>
          /^(ForAllValues:)?(String|Arn)(Equals|Like)$/.test(operator),
        ),
      ),
  );
  if (open !== undefined) return [fail(property, "a statement that allows everybody", "named principals")];
  return [
    statements.some(({ isOpen }) => isOpen)
      ? undetermined(property)
      : pass(property, "named principals only"),
  ];
}
