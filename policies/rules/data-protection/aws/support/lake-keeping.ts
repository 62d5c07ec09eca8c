/** Whether a zone's lock and lifecycle keep what the lake promises. */
import type { Context } from "../../../../kit/context.ts";
import { type Requirement, hasCompanion } from "../../../../kit/requirements.ts";
import { isAbsent, isArray } from "../../../../kit/value.ts";
import { type Check, fail, pass } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";
import { lakeOf, zoneOf } from "./lake.ts";

const objectLock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
/** Locked for as long as the lake was told, no less and no more. */
export const keepsWriteOnce: Requirement = (view, context) => {
  const lake = lakeOf(view, context);
  const mode = String(lake?.value("writeOnce.mode") ?? "").toUpperCase();
  return [
    view.isTrue("objectLockEnabled"),
    ...hasCompanion([objectLock], "bucket", "an aws.s3.BucketObjectLockConfiguration", (lock) => [
      lock.oneOf("rule.defaultRetention.mode", [mode]),
      lock.oneOf("rule.defaultRetention.days", [Number(lake?.value("writeOnce.days"))]),
    ])(view, context),
  ];
};
/** Rows live as long as the lake was told; 0 is for ever. Results and access logs are for a week at least. */
export function keepsRetention(view: View, context: Context): readonly Check[] {
  const zone = zoneOf(view);
  const days = zone === "" ? null : lakeOf(view, context)?.value(`zones.${zone}.retentionDays`);
  const rules = view.value("rules");
  if (!isArray(rules)) return [view.present("rules")];
  const ends = view
    .items("rules")
    .filter((rule) => isAbsent(rule.value("filter.prefix")) && !isAbsent(rule.value("expiration.days")));
  if (days === 0)
    return ends.length === 0
      ? [pass("rules", "without an end for all objects")]
      : ends.map((rule) => fail(rule.path("expiration.days"), "an end where there is to be none", "absent"));
  if (ends.length === 0) return [fail("rules", "without expiration.days for all objects", String(days ?? 7))];
  return ends.map((rule) =>
    days === null ? rule.atLeast("expiration.days", 7) : rule.oneOf("expiration.days", [Number(days)]),
  );
}
