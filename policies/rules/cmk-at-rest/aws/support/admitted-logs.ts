/** Whether a key's policy lets CloudWatch Logs use it, and only for its own groups. */
import { isBoundByPrefix, servicesOf } from "../../../../kit/conditions.ts";
import type { Context } from "../../../../kit/context.ts";
import { readDocument } from "../../../../kit/documents.ts";
import { kmsKeyTypes } from "../../../../kit/own-key-aws.ts";
import { type Check, fail, pass, undetermined } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";

/** The service can't write where the key's policy does not let it, and a key for every log of the region is none. */
export function admitsLogs(group: View, context: Context): readonly Check[] {
  const { found, isOpen } = context.graph.referred(group.resource, "kmsKeyId", kmsKeyTypes);
  const [key] = found;
  if (key === undefined) return isOpen ? [undetermined("kmsKeyId")] : [];
  const property = `${key.name}.policy`;
  const { check, statements } = readDocument(context.view(key), "policy");
  if (check.outcome === "undetermined") return [undetermined(property)];
  const admits = statements.some(
    (one) =>
      one.effect === "Allow" &&
      servicesOf(one).some((service) => service.startsWith("logs.")) &&
      isBoundByPrefix(one, "kms:EncryptionContext:aws:logs:arn"),
  );
  const isUnsure = statements.some(({ isOpen: isUnknown }) => isUnknown);
  if (admits) return [pass(property, "admits CloudWatch Logs for named groups")];
  return [
    isUnsure
      ? undetermined(property)
      : fail(property, "not for CloudWatch Logs with kms:EncryptionContext:aws:logs:arn"),
  ];
}
