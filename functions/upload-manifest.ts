/** What stands in the curated zone of each file that a device logged: `_manifest/<its key>.json`; a replay puts another in its place. */
import { manifestFolder } from "./agreements.ts";
import type { ContentName } from "./files/stored-content.ts";
import type { UploadCounts } from "./upload-counts.ts";

/** Its key in the curated zone. @param key of the file, in the raw zone */
export const uploadManifestOf = (key: string): string => `${manifestFolder}/${key}.json`;

/** What became of the file. */
export interface UploadOutcome extends UploadCounts {
  /** That read it; absent where it was refused. */
  readonly profile?: string;
  readonly codec_version?: string;
  /** Absent where it was refused. */
  readonly container?: ContentName["container"];
  /** Reason and detail; null where it was taken. */
  readonly refused: string | null;
}

export interface UploadManifest extends UploadOutcome {
  /** Its key in the raw zone. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly device_id: string;
  readonly channel: string;
  /** Percent-encoded, as whoever sent it said; null: nothing. */
  readonly name: string | null;
  readonly clock: string | null;
  /** RFC 3339: when it came to lie in the raw zone. */
  readonly stored_at: string;
}
