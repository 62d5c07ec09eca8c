import type { Core } from "./core.ts";
import type { SubscribePacket } from "./guard-subscribe.ts";
import { type OutgoingMessage, subscribeFailure } from "./packets.ts";
import type { Session } from "./session.ts";

export interface Granted {
  /** For SUBACK, one for each request (section 3.9.3). */
  readonly codes: readonly number[];
  /** To be delivered behind SUBACK [MQTT-3.3.1-6]. */
  readonly retained: readonly OutgoingMessage[];
}

/** Takes the subscriptions that the policy and the session's cap allow; QoS 2 becomes 1 (section 3.8.4). */
export function grant(
  { policy, sessions, retained, refusals }: Core,
  session: Session,
  requests: SubscribePacket["requests"],
): Granted {
  const messages: OutgoingMessage[] = [];
  const codes = requests.map(({ filter, qos: requested }) => {
    const granted = requested === 0 ? 0 : 1;
    if (!policy.maySubscribe(session.clientId, filter) || !sessions.subscribe(session, filter, granted)) {
      refusals.count("subscription not allowed");
      return subscribeFailure;
    }
    for (const [topic, { payload, qos }] of retained.match(filter)) {
      messages.push({ topic, payload, qos: qos < granted ? qos : granted, retain: true });
    }
    return granted;
  });
  return { codes, retained: messages };
}
