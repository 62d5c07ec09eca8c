/** Stores whose access is said by a policy of their own: within the store, or in a companion resource. */
import type { Context } from "./context.ts";
import { frozenReferences } from "./requirements.ts";
import { readDocument, type PolicyDocument } from "./documents.ts";
import type { Statement } from "./statements.ts";
import type { Denied } from "./transport-denial.ts";
import { fail, pass, undetermined, type Check } from "./verdict.ts";
import type { View } from "./view.ts";

export interface PolicedStore {
  readonly type: string;
  readonly companion: string;
  /** Property of the companion that names the store. */
  readonly reference: string;
  /** Property of the store itself that may hold the document. */
  readonly inline: string;
}

export const buckets: PolicedStore = {
  type: "aws:s3/bucket:Bucket",
  companion: "aws:s3/bucketPolicy:BucketPolicy",
  reference: "bucket",
  inline: "policy",
};
export const queues: PolicedStore = {
  type: "aws:sqs/queue:Queue",
  companion: "aws:sqs/queuePolicy:QueuePolicy",
  reference: "queueUrl",
  inline: "policy",
};
export const topics: PolicedStore = {
  type: "aws:sns/topic:Topic",
  companion: "aws:sns/topicPolicy:TopicPolicy",
  reference: "arn",
  inline: "policy",
};

/** The ARN that a statement about the store must name; null where the plan does not know it. */
export function arnOf(store: PolicedStore, view: View): string | null {
  const { arn } = view.resource.outputs;
  if (typeof arn === "string") return arn;
  const bucket = view.value("bucket");
  return store === buckets && typeof bucket === "string" && bucket !== "" ? `arn:aws:s3:::${bucket}` : null;
}

/** Exactly one document must hold a statement of the wanted shape: AWS keeps the last of two policies. */
export function deniedBy(
  store: PolicedStore,
  view: View,
  context: Context,
  action: string,
  isWanted: (statement: Statement, denied: Denied) => boolean,
  wanted: string,
): readonly Check[] {
  const { found, isOpen } = context.graph.referring(view.resource, [store.companion], store.reference);
  const frozen = frozenReferences(found, store.reference);
  if (frozen.length > 0) return frozen;
  const [companion, second] = found;
  const property = companion === undefined ? store.inline : `${companion.name}.policy`;
  if (second !== undefined) {
    const what = `one of ${found.length} policies of the same resource, of which AWS keeps one`;
    return [fail(property, what, "one policy")];
  }
  const document = documentOf(store, view, companion === undefined ? undefined : context.view(companion));
  if (document === null) return [isOpen ? undetermined(property) : fail(property, "absent", wanted)];
  if (document.check.outcome !== "pass") return [{ ...document.check, property }];
  const name = view.value("name");
  const denied = { action, arn: arnOf(store, view), name: typeof name === "string" ? name : null };
  if (document.statements.some((statement) => isWanted(statement, denied))) return [pass(property, wanted)];
  const isUnsure = document.statements.some((statement) => statement.isOpen);
  return [isUnsure ? undetermined(property) : fail(property, "a policy without it", wanted)];
}

function documentOf(store: PolicedStore, view: View, companion: View | undefined): PolicyDocument | null {
  if (companion !== undefined) {
    return readDocument(companion, "policy");
  }
  return view.value(store.inline) === undefined ? null : readDocument(view, store.inline);
}
