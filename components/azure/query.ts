import { interpolate, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { grant } from "./roles.ts";
import type { Zones } from "./zones.ts";

export interface Reader {
  readonly identity: Principal;
  readonly rights: readonly Resource[];
}

/** Who asks: an identity that reads curated rows and quarantine, and writes nothing. */
export function createReader(
  name: string,
  { curated, quarantine }: Zones,
  context: AzureContext,
  opts: CustomResourceOptions,
): Reader {
  const identity = createIdentity(`${name}-query`, "asks the lake in SQL", context, opts);
  const rights = Object.entries({ curated, quarantine }).map(([zone, { scope }]) =>
    grant(
      `${name}-query-${zone}`,
      context,
      {
        role: "Storage Blob Data Reader",
        scope,
        principal: identity,
        why: `SQL reads the ${zone} zone`,
      },
      opts,
    ),
  );
  return { identity, rights };
}

/** DuckDB with its azure extension reads the files where they lie, signed in as who asks. */
export const duckDbHint = ({ curated }: Zones): Output<string> =>
  interpolate`duckdb -c "INSTALL azure; LOAD azure; CREATE SECRET (TYPE azure, PROVIDER credential_chain, ACCOUNT_NAME '${curated.storage.account.name}'); SELECT * FROM read_parquet('az://curated/readings/*/*/*.parquet', hive_partitioning = true) LIMIT 10"`;
