/** Where the raw zone of a cloud has the files that devices logged: `offline/<device>/<channel>/<sha256 of the file>`. */
import { parseTopic, topicOf } from "../envelope.ts";

export const offlineFolder = "offline";

/** Channel of a file where none is named. */
export const usualChannel = "telemetry";

export interface UploadKey {
  readonly deviceId: string;
  readonly channel: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What devices measure; what is said to them, or of them, is in no log of theirs. */
export const logChannel = /^(telemetry|events)(\/|$)/;

export const uploadKeyOf = ({ deviceId, channel, sha256 }: UploadKey): string =>
  `${offlineFolder}/${deviceId}/${channel}/${sha256}`;

/** Null for any other name. */
export function parseUploadKey(key: string): UploadKey | null {
  const [, deviceId = "", channel = "", sha256 = ""] =
    /^offline\/([^/]+)\/(.+)\/([0-9a-f]{64})$/.exec(key) ?? [];
  if (!logChannel.test(channel) || parseTopic(topicOf({ deviceId, channel })) === null) return null;
  return { deviceId, channel, sha256 };
}
