/** Replays as the site's decoder would run them, done at once. */
import type { OpenReplays } from "../../../site/console/handlers.ts";
import { ReplayRefusal, type ReplayRequest, type ReplayState } from "../../../site/replay/replay-request.ts";
import { hostileName, hostileText } from "./fake-tables.ts";

export function fakeReplays({
  now,
  empty = false,
  hostile = false,
}: {
  now: number;
  empty?: boolean;
  hostile?: boolean;
}): OpenReplays {
  const codec = hostile ? `${hostileName}@${hostileText}` : "machine-json@2";
  let state: ReplayState | null = null;
  const past = {
    run: now - 86_400_000,
    codec: "wearable-imu",
    version: "2",
    sources: ["ab"],
    messages: 1_000,
    before: 2_000,
    after: 2_000,
  };
  const lineage = empty ? [] : [hostile ? { ...past, codec: hostileName, version: hostileText } : past];
  return {
    codecs: empty ? [] : [codec, "wearable-imu@2"],
    get state() {
      return state;
    },
    lineage: () => Promise.resolve(lineage),
    start(request: ReplayRequest) {
      if (request.codec === "wearable-imu@2")
        throw new ReplayRefusal("a replay of machine-json@2 runs: wait for its end");
      const tables = [{ table: "readings", before: 160, after: 200, same: 160 }];
      const scores = [{ model: "activity", version: "4be1c0a2d3e4", before: 40, after: 38, same: 30 }];
      const counts = {
        ...{ messages: 40, fromQuarantine: 3, kept: 2, unidentified: 1, unreplayable: 4 },
        ...{ damaged: 0, tables, scores, changes: 1 },
      };
      state = { ...request, run: now, state: "done", bytes: 10, totalBytes: 10, counts, error: null };
      if (!request.dryRun)
        lineage.push({ ...past, run: now, codec: "machine-json", messages: 40, before: 160, after: 200 });
      return state;
    },
  };
}
