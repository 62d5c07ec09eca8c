/** Which kind of Sparkplug B message it is, and of which device behind the edge node. */

import type { SparkplugPayload } from "./sparkplug-payload.ts";

export interface SparkplugAddress {
  readonly kind: "birth" | "data" | "death";
  /** Of the edge node itself where null. */
  readonly device: string | null;
}

const kinds = { BIRTH: "birth", DATA: "data", DEATH: "death" } as const;

/** `NBIRTH`, `DDATA.<device>` as the stream of a telemetry topic, or a topic of the specification's own. */
const streamForm = /^(?:.*\/)?([ND])(BIRTH|DATA|DEATH)(?:\.(.+))?$/;
const topicForm = /(?:^|\/)spBv1\.0\/[^/]+\/([ND])(BIRTH|DATA|DEATH)\/[^/]+(?:\/([^/]+))?$/;

/** What a channel says; null for a channel that says nothing. */
export function addressOfChannel(channel: string): SparkplugAddress | null {
  const match = topicForm.exec(channel) ?? streamForm.exec(channel);
  if (match === null) return null;
  const [, scope, kind, device] = match;
  return { kind: kinds[kind as keyof typeof kinds], device: scope === "D" ? (device ?? "") : null };
}

/**
 * What the payload itself says, for nodes that publish everything on one channel: births name their aliases and the
 * node's session, data have one of both at most, a death has nothing but the session.
 */
export function addressOfPayload({ metrics }: SparkplugPayload): SparkplugAddress {
  const session = metrics.some(({ name }) => name === "bdSeq");
  if (session) return { kind: metrics.length === 1 ? "death" : "birth", device: null };
  const declares = metrics.some(
    ({ name, alias, datatype }) => name !== null && alias !== null && datatype > 0,
  );
  return { kind: declares ? "birth" : "data", device: null };
}
