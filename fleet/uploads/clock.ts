/** How far a logger's clock was off, as a person says it. */
import { InvalidArgumentError } from "commander";
import { parseIsoTime } from "../../functions/core/normalise/iso-time.ts";
import { ClockRepair, ClockRepairError, type ClockAnchor } from "../../functions/core/files/clock-repair.ts";
import type { Micros } from "../../functions/core/model.ts";
import { CommandError, exitCodes } from "../errors.ts";

const seconds = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const allowedOffset = "allowed: what to add to the device's time, such as +2h, -90s, 1d12h or 0.25 (seconds)";

/** Microseconds of `+2h`, `-90s`, `1d12h30m`, `0.25`. */
export function offsetOf(text: string): Micros {
  const match = /^([+-]?)((?:\d+(?:\.\d+)?(?:ms|[smhd]))+|\d+(?:\.\d+)?)$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError(allowedOffset);
  const [, sign, amount = ""] = match;
  let total = 0;
  for (const [, number, unit = "s"] of amount.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])?/g))
    total += Number(number) * seconds[unit as keyof typeof seconds];
  const micros = Math.round(total * 1_000_000) * (sign === "-" ? -1 : 1);
  if (!Number.isSafeInteger(micros)) throw new InvalidArgumentError(allowedOffset);
  return micros;
}

/** `device-time=real-time`, each RFC 3339 or seconds since 1970; collects those of an option that is given again. */
export function anchorOf(text: string, former: readonly ClockAnchor[] = []): readonly ClockAnchor[] {
  const [device, real, ...more] = text.split("=").map(timeOf);
  if (device === undefined || real === undefined || device === null || real === null || more.length > 0)
    throw new InvalidArgumentError(
      "allowed: what the device showed = what it really was, such as " +
        "1970-01-01T00:04:10Z=2026-11-25T09:00:00Z; each with its zone, or seconds since 1970",
    );
  return [...former, { device, real }];
}

function timeOf(text: string): Micros | null {
  if (/^-?\d{1,11}(\.\d{1,6})?$/.test(text.trim())) return Math.round(Number(text) * 1_000_000);
  return parseIsoTime(text.trim(), null)?.micros ?? null;
}

/** The clock that the options describe, as an upload asks for it; null: its times are right. Throws {@link CommandError}. */
export function clockText(offset: Micros | undefined, anchors: readonly ClockAnchor[] = []): string | null {
  if (offset !== undefined && anchors.length > 0)
    throw new CommandError("--offset and --anchor say the same thing: give one of them", exitCodes.usage);
  const all = offset === undefined ? anchors : [{ device: 0, real: offset }];
  if (all.length === 0) return null;
  try {
    return new ClockRepair(all).text;
  } catch (error) {
    if (error instanceof ClockRepairError)
      throw new CommandError(`--anchor: ${error.message}`, exitCodes.usage);
    throw error;
  }
}
