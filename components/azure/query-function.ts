import { interpolate, type CustomResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { queryCallers } from "../../functions/azure-agreements.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { createCallers } from "./callers.ts";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { functionPackage } from "./package.ts";
import type { QuerySettings } from "./query-settings.ts";

export interface QueryArgs {
  readonly environment: string;
  readonly lake: EncryptedLake;
  readonly bundle: FunctionBundle;
  readonly callers: Exclude<QuerySettings, { readonly kind: "none" }>;
}

/**
 * DuckDB behind HTTPS. By `roles` it reads with what its caller brings and has no right on the lake itself. By `application`
 * it is the identity that reads curated rows and quarantine and writes nothing, and nobody gets in without a token of
 * Entra's for the one application, and of the callers that are named.
 */
export function createQueryFunction(
  name: string,
  { environment, lake, bundle, callers }: QueryArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Output<string> {
  const reader = readerBy(callers, `${name}-query`, lake, context, opts);
  const app = createFunctionApp(
    `${name}-query`,
    {
      storage: [environment, "query"],
      identity: reader.identity,
      package: functionPackage([bundle], {}, null),
      settings: {
        CURATED_CONTAINER: lake.zones.curated.container,
        QUARANTINE_CONTAINER: lake.zones.quarantine.container,
        [queryCallers.setting]: queryCallers[callers.kind],
      },
      memoryMegabytes: 2_048,
      rights: reader.rights,
    },
    context,
    opts,
  );
  if (callers.kind === "application")
    createCallers(
      `${name}-query`,
      app,
      { clientId: callers.application, allowed: callers.allowed },
      context,
      opts,
    );
  return interpolate`https://${app.defaultHostName}/api/query`;
}

/** As whom the function acts, and what has to be allowed before it starts. */
function readerBy(
  { kind }: QueryArgs["callers"],
  name: string,
  { reader, readerRights }: EncryptedLake,
  context: AzureContext,
  opts: CustomResourceOptions,
): { readonly identity: Principal; readonly rights: readonly Resource[] } {
  return kind === "application"
    ? { identity: reader, rights: readerRights }
    : { identity: createIdentity(name, "runs questions, and reads no zone", context, opts), rights: [] };
}
