import { z } from "zod";
import type { ParquetCodec } from "../../functions/adapters/parquet.ts";

/**
 * SQL of Azure's own over the curated zone and quarantine: a Synapse workspace with its serverless pool and nothing else.
 * The decoder then writes Snappy, which that pool documents, in place of zstd; files of before stay as they were. Set it
 * before the first message, or ask of older days by other means. Default: none.
 */
export const serverlessSqlSettings = z
  .strictObject({
    /** Object id of the Entra user or group that may do everything in SQL, and says who else may ask. */
    administrator: z.guid("allowed: an object id, a GUID"),
    /** IPv4 addresses that reach it in a public network; nobody else does. Default none. */
    addresses: z
      .array(
        z
          .ipv4("allowed: IPv4 addresses")
          .refine(
            (address) => !address.startsWith("0."),
            "allowed: addresses of yours; 0.0.0.0 is all of Azure",
          ),
      )
      .max(100)
      .default([]),
    /** Terabytes that all queries of a day may read; the script sets it. Default 1. */
    dailyTerabytes: z.number().int().min(1).max(1_000).default(1),
  })
  .optional();
export type ServerlessSqlSettings = NonNullable<z.output<typeof serverlessSqlSettings>>;

/** How functions write Parquet. */
export const parquetCodec = (sql: ServerlessSqlSettings | undefined): ParquetCodec =>
  sql === undefined ? "ZSTD" : "SNAPPY";

/** What holds between it and the other keys. */
export function serverlessSqlFaults({
  serverlessSql,
  network,
  query,
}: {
  readonly serverlessSql?: ServerlessSqlSettings | undefined;
  readonly network: "public" | "private";
  readonly query?: { readonly kind: string } | undefined;
}): string[] {
  if (serverlessSql === undefined) return [];
  const { addresses } = serverlessSql;
  return [
    ...(network === "private" && addresses.length > 0
      ? [
          `fieldlake:azure.serverlessSql.addresses: received ${addresses.length}; allowed with fieldlake:azure.network private: none, it is reached from inside the network only`,
        ]
      : []),
    ...(query === undefined || query.kind === "none"
      ? []
      : [
          `fieldlake:azure.query.kind: received "${query.kind}"; allowed with fieldlake:azure.serverlessSql: none, one of the two answers SQL`,
        ]),
  ];
}
