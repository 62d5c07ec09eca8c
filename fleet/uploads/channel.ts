/** The channel that a file is sent on, where somebody names the profile that is to read it. */
import { readProfiles } from "../../profiles/read.ts";
import { lanesOf, type UploadLane } from "../../site/uploads/lanes.ts";
import { configOf } from "../commands/replay-stack.ts";
import { CommandError, exitCodes } from "../errors.ts";
import type { SiteConnection } from "../site-client.ts";

/** Channel where neither it nor a profile is named. */
export const usualChannel = "telemetry";

export interface Wanted {
  readonly device: string;
  readonly channel?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Which one reads a file is for the bindings to say: a profile that is named is the one bound to the device, on the channel
 * that is named or on its own. Throws CommandError that lists what is bound.
 */
export async function channelFor(
  { device, channel, profile }: Wanted,
  lanes: () => Promise<readonly UploadLane[]>,
): Promise<string> {
  if (profile === undefined) return channel ?? usualChannel;
  const all = await lanes();
  const found = all.find((lane) => lane.profile === profile && (channel ?? lane.channel) === lane.channel);
  if (found !== undefined) return found.channel;
  const bound = all.map((lane) => `${lane.profile} on ${lane.channel}`).join(", ");
  throw new CommandError(
    `--profile: received "${profile}"${channel === undefined ? "" : ` with --channel ${channel}`}; allowed for ${device}: ${bound === "" ? "none, no profile is bound to it" : bound}`,
    exitCodes.usage,
    "fieldlake:bindings of the stack file says which profile reads which device and channel",
  );
}

export const lanesOfSite = (site: Pick<SiteConnection, "uploadLanes">, device: string) => () =>
  site.uploadLanes(device);

/** As the stack's configuration has it. */
export const lanesOfStack = (stack: string, project: string, device: string) => async () => {
  const { bindings, profiles, trustedCodecs } = await configOf(stack, project);
  return lanesOf(bindings, await readProfiles(profiles, trustedCodecs), device);
};
