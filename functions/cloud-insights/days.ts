/** Days and hours as folders call them, in UTC. */
export const hourMicros = 3_600_000_000;
export const dayMicros = 24 * hourMicros;

/** `2026-11-21` of microseconds. */
export const dayOf = (micros: number): string => new Date(micros / 1_000).toISOString().slice(0, 10);

/** Microseconds where a day begins. */
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) * 1_000;
