/** The channel that a file is sent on, where somebody names the profile that is to read it. */
import { usualChannel } from "../../functions/core/files/upload-key.ts";
import type { UploadLane } from "../../site/uploads/lanes.ts";
import { CommandError, exitCodes } from "../errors.ts";

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

/** As the stack's configuration has it. */
export async function lanesOfStack(
  stack: string,
  project: string,
  device: string,
): Promise<readonly UploadLane[]> {
  // Only who names a profile for a stack in a cloud needs them.
  const [{ readProfiles }, { lanesOf }, { configOf }] = await Promise.all([
    import("../../profiles/read.ts"),
    import("../../site/uploads/lanes.ts"),
    import("../stack-config.ts"),
  ]);
  const { bindings, profiles, trustedCodecs } = await configOf(stack, project);
  return lanesOf(bindings, await readProfiles(profiles, trustedCodecs), device);
}
