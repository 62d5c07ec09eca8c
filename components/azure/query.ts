import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { grant } from "./roles.ts";
import type { Zones } from "./zones.ts";

/** Who asks: an identity that reads curated rows and quarantine, and writes nothing. */
export function createReader(
  name: string,
  { curated, quarantine }: Zones,
  context: AzureContext,
  opts: CustomResourceOptions,
): Principal {
  const reader = createIdentity(`${name}-query`, "asks the lake in SQL", context, opts);
  for (const [zone, { scope }] of Object.entries({ curated, quarantine })) {
    grant(
      `${name}-query-${zone}`,
      context,
      {
        role: "Storage Blob Data Reader",
        scope,
        principal: reader,
        why: `SQL reads the ${zone} zone`,
      },
      opts,
    );
  }
  return reader;
}

/** DuckDB with its azure extension reads the files where they lie, signed in as who asks. */
export const duckDbHint = ({ curated }: Zones): Output<string> =>
  interpolate`duckdb -c "INSTALL azure; LOAD azure; CREATE SECRET (TYPE azure, PROVIDER credential_chain, ACCOUNT_NAME '${curated.storage.account.name}'); SELECT * FROM read_parquet('az://curated/readings/*/*/*.parquet', hive_partitioning = true) LIMIT 10"`;
