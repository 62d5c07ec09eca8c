import type { QuarantineReason } from "./model.ts";

/**
 * Why bytes could not be decoded, on its way from a format's reader to the decoder's border.
 * Deliberately no `Error`: a stack trace costs ten times the decoding of the message it is about,
 * and a flood of garbage must not cost more than good data.
 */
export class Fault {
  readonly reason: QuarantineReason;
  readonly detail: string;

  constructor(reason: QuarantineReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }

  /** The same fault, said where it is. */
  at(place: string): Fault {
    return new Fault(this.reason, `${place}: ${this.detail}`);
  }
}

/** Whatever was thrown while decoding, as a fault: one of ours as it is, anything else as `codec-threw`. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  return new Fault("codec-threw", thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : "unknown");
}

/** Text for a detail line: bounded, and without control characters that would break a log or a page. */
export function shown(value: unknown, maximum = 60): string {
  if (typeof value === "object" && value !== null) {
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    return Array.isArray(value) ? `an array of ${value.length}` : "an object";
  }
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > maximum ? `${text.slice(0, maximum - 1)}…` : text;
}
