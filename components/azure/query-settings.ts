import { z } from "zod";

/**
 * SQL over HTTPS: DuckDB as a function, over curated rows and quarantine. Default `roles`; with `serverlessSql` `none`: one
 * of the two answers SQL.
 */
export const querySettings = z
  .discriminatedUnion("kind", [
    /**
     * Whoever has the role "Storage Blob Data Reader" on both zones' containers asks, by a token of theirs for Azure Storage:
     * the function reads with it and may read nothing by itself. Nobody has the role before somebody assigns it.
     */
    z.strictObject({ kind: z.literal("roles") }),
    /** The callers that are named, with tokens for an Entra application of yours (Resource Manager makes none). */
    z.strictObject({
      kind: z.literal("application"),
      /** Client id of the application. */
      application: z.guid("allowed: a client id, a GUID"),
      /** Object ids of users, groups' members excepted, and service principals. */
      allowed: z.array(z.guid("allowed: object ids, GUIDs")).min(1, "allowed: at least one caller").max(100),
    }),
    /** No function: whoever may read the zones asks with DuckDB's own client. */
    z.strictObject({ kind: z.literal("none") }),
  ])
  .optional();
export type QuerySettings = NonNullable<z.output<typeof querySettings>>;

/** Who answers SQL where nothing is said. */
export const queryOf = ({
  query,
  serverlessSql,
}: {
  readonly query?: QuerySettings | undefined;
  readonly serverlessSql?: object | undefined;
}): QuerySettings => query ?? { kind: serverlessSql === undefined ? "roles" : "none" };
