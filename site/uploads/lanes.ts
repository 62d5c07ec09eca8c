/** Where files of a device may go: the channels that have a profile for it. */
import { defaultChannel, Dispatcher, globTest } from "../../functions/core/dispatch.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import { fileRuleOf } from "../../functions/files/records/records-of.ts";
import { faultsOf } from "./upload-request.ts";

/** A channel on which a device's files may come, and what reads them. */
export interface UploadLane {
  readonly channel: string;
  /** Name of the profile that reads files there. */
  readonly profile: string;
  /** Of the files. */
  readonly format: string;
}

/** Where a file may go does not depend on what it is. */
const anyFile = { sha256: "0".repeat(64), bytes: 0, name: "", clock: null };

/** What the bindings know of a device, in their order; a glob stands for the channel before its first wildcard. */
export function lanesOf(
  bindings: readonly Binding[],
  profiles: readonly Profile[],
  deviceId: string,
): readonly UploadLane[] {
  const dispatcher = new Dispatcher(bindings, new Map(profiles.map((profile) => [profile.name, profile])));
  const lanes = new Map<string, UploadLane>();
  for (const { devices, channel: glob = defaultChannel } of bindings) {
    if (!globTest(devices)(deviceId)) continue;
    const channel = glob.replace(/[*?].*$/s, "").replace(/\/$/, "");
    const faults = faultsOf({ ...anyFile, deviceId, channel });
    const profile = faults.length > 0 ? null : dispatcher.find(deviceId, channel);
    if (profile) {
      const format = fileRuleOf(profile)?.format ?? profile.format;
      lanes.set(channel, { channel, profile: profile.name, format });
    }
  }
  return [...lanes.values()];
}
