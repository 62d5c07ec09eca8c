import type { Micros } from "./model.ts";

/** RFC 3339 in UTC with six digits of fraction. */
export function isoMicros(micros: Micros): string {
  const milliseconds = Math.floor(micros / 1_000);
  const rest = String(micros - milliseconds * 1_000).padStart(3, "0");
  return `${new Date(milliseconds).toISOString().slice(0, 23)}${rest}Z`;
}

/** The partition of an instant: UTC day and hour, as the names of the lake's folders have them. */
export interface Hour {
  /** YYYY-MM-DD */
  readonly dt: string;
  /** 00 to 23 */
  readonly hr: string;
}

export function hourOf(micros: Micros): Hour {
  const iso = new Date(Math.floor(micros / 1_000)).toISOString();
  return { dt: iso.slice(0, 10), hr: iso.slice(11, 13) };
}

/** `dt=2026-11-21/hr=07` */
export const hourFolder = ({ dt, hr }: Hour): string => `dt=${dt}/hr=${hr}`;
