import { describe, expect, test } from "@jest/globals";
import type { Lane } from "../../functions/core/model.ts";
import * as Flag from "../../functions/core/flags.ts";
import { clockUnsetBefore, defaultTimeWindow, EventTime } from "../../functions/core/normalise/time.ts";
import { received } from "./support.ts";

const day = 86_400_000_000;
const suspectAndReplaced = Flag.clockSuspect | Flag.tsFromIngest;

function place(device: number | null, lane: Lane = "live", offset = 0) {
  const time = new EventTime(defaultTimeWindow);
  time.begin(lane, received);
  if (device === null) time.arrival(offset);
  else time.device(device, null, offset);
  return { ts: time.ts, tsRaw: time.tsRaw, flags: time.flags };
}

describe("event time of live data", () => {
  test.each([
    ["a second ago", received - 1_000_000, 0],
    ["exactly 7 days ago", received - 7 * day, 0],
    ["exactly 10 minutes ahead", received + 600_000_000, 0],
    ["7 days and a microsecond ago", received - 7 * day - 1, Flag.late | Flag.clockSuspect],
    ["10 minutes and a microsecond ahead", received + 600_000_001, Flag.clockSuspect],
    ["ten years ahead", received + 3_652 * day, Flag.clockSuspect],
    ["in 2015, when clocks begin to be believed", clockUnsetBefore, Flag.late | Flag.clockSuspect],
  ])("%s: the device's time is kept", (_, device, flags) => {
    expect(place(device)).toEqual({ ts: device, tsRaw: null, flags });
  });

  test.each([
    ["1970", 0],
    ["before 1970", -1_000_000],
    ["a microsecond before 2015", clockUnsetBefore - 1],
  ])("%s: the clock is unset, arrival stands in and the original is kept", (_, device) => {
    expect(place(device)).toEqual({ ts: received, tsRaw: device, flags: suspectAndReplaced });
  });

  test.each([NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 60)])(
    "%p is no time that a row could hold",
    (device) => {
      expect(place(device)).toEqual({ ts: received, tsRaw: null, flags: suspectAndReplaced });
    },
  );

  test("samples of one frame stay apart when arrival stands in for their time", () => {
    expect(place(5, "live", -300_000)).toEqual({
      ts: received - 300_000,
      tsRaw: 5,
      flags: suspectAndReplaced,
    });
  });

  test("no device time: arrival, or an offset from it", () => {
    expect(place(null)).toEqual({ ts: received, tsRaw: null, flags: Flag.tsFromIngest });
    expect(place(null, "live", -5_000_000).ts).toBe(received - 5_000_000);
    expect(place(null, "live", -8 * day).flags).toBe(Flag.tsFromIngest | Flag.late);
    expect(place(null, "live", day).flags).toBe(Flag.tsFromIngest | Flag.clockSuspect);
  });

  test.each([-1e29, 1e29, NaN, Number.MAX_SAFE_INTEGER])(
    "an offset of %p is none that a row could hold",
    (offset) => {
      expect(place(null, "live", offset)).toEqual({ ts: received, tsRaw: null, flags: suspectAndReplaced });
    },
  );
});

describe("event time of offline files", () => {
  test.each([received - 400 * day, received + day, clockUnsetBefore])("%p is kept as it is", (device) => {
    expect(place(device, "offline")).toEqual({ ts: device, tsRaw: null, flags: Flag.historical });
  });

  test("an unset clock is kept as well, and flagged", () => {
    expect(place(0, "offline")).toEqual({ ts: 0, tsRaw: null, flags: Flag.historical | Flag.clockSuspect });
  });

  test("no time: arrival", () => {
    expect(place(null, "offline")).toEqual({
      ts: received,
      tsRaw: null,
      flags: Flag.historical | Flag.tsFromIngest,
    });
  });
});

test("the window is configurable", () => {
  const time = new EventTime({ past: 1_000, future: 0 });
  time.begin("live", received);
  time.device(received - 1_001, null);
  expect(time.flags).toBe(Flag.late | Flag.clockSuspect);
  time.device(received + 1, null);
  expect(time.flags).toBe(Flag.clockSuspect);
});
