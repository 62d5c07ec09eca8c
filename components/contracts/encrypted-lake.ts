import type { Output } from "@pulumi/pulumi";
import type { CommonArgs, CommonOutputs } from "./common.ts";

/** `raw`: messages as received, immutable. `curated`: typed rows. `quarantine`: what could not be decoded, whole. */
export const zones = ["raw", "curated", "quarantine"] as const;
export type Zone = (typeof zones)[number];

export interface ZoneArgs {
  /** Days until data of the zone is removed; 0 keeps it for ever. */
  readonly retentionDays: number;
}

/** Who made the key that everything at rest is encrypted under. */
export type KeyOwnership =
  /** A customer-managed key made and rotated by this stack. */
  | { readonly kind: "managed" }
  /** Your own key: its ARN, vault key id, or, on one machine, the key file's path. Never removed by us. */
  | { readonly kind: "own"; readonly reference: string };

export interface EncryptedLakeArgs extends CommonArgs {
  readonly zones: Readonly<Record<Zone, ZoneArgs>>;
  readonly key: KeyOwnership;
}

export interface EncryptedLakeOutputs extends CommonOutputs {
  readonly rawUri: Output<string>;
  readonly curatedUri: Output<string>;
  readonly quarantineUri: Output<string>;
  /** Names the customer-managed key of the curated zone, never the key itself; `encryption` has every zone's. */
  readonly keyId: Output<string>;
  /** Where the table definitions live. */
  readonly catalog: Output<string>;
  /** Where SQL is answered. */
  readonly queryEndpoint: Output<string>;
}
