/** What the fleet is expected to send: the basis of cost and quota lines, never a limit. */
export interface ExpectedLoad {
  readonly devices: number;
  /** Of one device. */
  readonly messagesPerHour: number;
  /** Bytes of a message. */
  readonly payloadBytes: number;
  /** Measured values in a message. */
  readonly readingsPerMessage: number;
}

/** One line of the monthly estimate, at list prices. */
export interface CostLine {
  readonly component: string;
  /** What is charged, for example `Firehose ingestion`. */
  readonly item: string;
  /** Quantity × unit, with the figures, for example `43.2 GB × 0.029 USD`. */
  readonly basis: string;
  readonly usdPerMonth: number;
  /** Where the price is stated, and of which date. */
  readonly source: string;
}

/** A default quota of the provider, and how much of it the expected load takes. */
export interface QuotaLine {
  readonly quota: string;
  readonly limit: number;
  readonly expected: number;
  readonly unit: string;
  /** What happens beyond it, or how to raise it. */
  readonly remark: string;
  /** Where the limit is stated, and of which date. */
  readonly source: string;
}

/** Cost and quotas of the environment; empty where the target has neither. */
export interface Outlook {
  readonly costs: readonly CostLine[];
  readonly quotas: readonly QuotaLine[];
}
