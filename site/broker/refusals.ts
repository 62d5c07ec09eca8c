/** Why the broker turned somebody or something away: the keys of `BrokerStats.refused`. */
export const refusals = [
  "no client certificate",
  "unknown certificate authority",
  "certificate expired",
  "certificate not yet valid",
  "certificate not for client authentication",
  "certificate without a device id",
  "certificate of another environment",
  "certificate revoked",
  "certificate superseded",
  "device not registered",
  "TLS handshake failed",
  "handshake too slow",
  "too many handshakes from one address",
  "too many connections",
  "first packet is not CONNECT",
  "second CONNECT",
  "malformed packet",
  "packet too large",
  "text is not UTF-8",
  "unsupported protocol version",
  "client id is not the certificate's",
  "user name is not the device id",
  "password given",
  "last will not allowed",
  "publish not allowed",
  "retain not allowed",
  "payload over the cap",
  "subscription not allowed",
  "too many unfinished QoS 2 messages",
  "keep-alive expired",
  "slow reader",
  "queue full",
  "log full",
  "log failed",
  "internal error",
] as const;
export type Refusal = (typeof refusals)[number];

/** The byte stream breaks MQTT or what the connection may do: it is ended. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly refusal: Refusal;

  /** `detail` names the packet and the rule, never its contents. */
  constructor(refusal: Refusal, detail: string) {
    super(`${refusal}: ${detail}`);
    this.refusal = refusal;
  }
}

export class RefusalCounter {
  readonly #counts = new Map<Refusal, number>();

  count(refusal: Refusal): void {
    this.#counts.set(refusal, (this.#counts.get(refusal) ?? 0) + 1);
  }

  /** Reasons that happened, with how often since the start. */
  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
