/** Which codec decodes which message. */

import type { Binding } from "./profiles/profile.ts";

/** What a binding without a channel matches: telemetry and its streams; events, status and commands have their own forms. */
export const defaultChannel = "telemetry*";

/** Device and channel pairs remembered; far more than one broker serves at a time. */
const rememberedRoutes = 100_000;

/** A glob as a test: `*` any characters, `?` one, everything else itself. */
export function globTest(glob: string): (text: string) => boolean {
  if (!/[*?]/.test(glob)) return (text) => text === glob;
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  const pattern = new RegExp(`^${source}$`, "s");
  return (text) => pattern.test(text);
}

/** Finds the codec of a message by ordered bindings; remembers what it found. */
export class Dispatcher<Codec> {
  readonly #rules: readonly {
    readonly device: (id: string) => boolean;
    readonly channel: (channel: string) => boolean;
    readonly codec: Codec;
  }[];
  readonly #routes = new Map<string, Map<string, Codec | null>>();
  #remembered = 0;

  /** @param codecs by profile name. Throws an Error for a binding that names none of them */
  constructor(bindings: readonly Binding[], codecs: ReadonlyMap<string, Codec>) {
    this.#rules = bindings.map(({ devices, channel = defaultChannel, profile }, index) => {
      const codec = codecs.get(profile);
      if (codec === undefined) {
        const known = [...codecs.keys()].join(", ");
        throw new Error(
          `bindings[${index}]: profile "${profile}" is not among the profiles (${known}); add it or name another`,
        );
      }
      return { device: globTest(devices), channel: globTest(channel), codec };
    });
  }

  /** The codec of a device's channel; null where no binding matches. */
  find(deviceId: string, channel: string): Codec | null {
    const known = this.#routes.get(deviceId)?.get(channel);
    if (known !== undefined) return known;
    const rule = this.#rules.find((candidate) => candidate.device(deviceId) && candidate.channel(channel));
    const codec = rule?.codec ?? null;
    if (this.#remembered++ >= rememberedRoutes) {
      this.#routes.clear();
      this.#remembered = 1;
    }
    let channels = this.#routes.get(deviceId);
    if (channels === undefined) this.#routes.set(deviceId, (channels = new Map()));
    channels.set(channel, codec);
    return codec;
  }
}
