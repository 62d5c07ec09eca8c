import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { createCallers } from "./callers.ts";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createFunctionApp } from "./function.ts";
import { functionPackage } from "./package.ts";
import type { AzureSettings } from "./settings.ts";

export interface QueryArgs {
  readonly environment: string;
  readonly lake: EncryptedLake;
  readonly bundle: FunctionBundle;
  readonly callers: NonNullable<AzureSettings["query"]>;
}

/** The least that Flex Consumption takes as a limit of an app's instances. */
const leastInstances = 40;

/**
 * DuckDB behind HTTPS, as the identity that reads curated rows and quarantine and writes nothing. Nobody gets in without
 * a token of Entra's for the one application, and of the callers that are named.
 */
export function createQueryFunction(
  name: string,
  { environment, lake, bundle, callers }: QueryArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Output<string> {
  const app = createFunctionApp(
    `${name}-query`,
    {
      storage: [environment, "query"],
      identity: lake.reader,
      package: functionPackage([bundle], {}, null),
      settings: {
        CURATED_CONTAINER: lake.zones.curated.container,
        QUARANTINE_CONTAINER: lake.zones.quarantine.container,
      },
      memoryMegabytes: 2_048,
      maximumInstances: leastInstances,
      rights: lake.readerRights,
    },
    context,
    opts,
  );
  createCallers(
    `${name}-query`,
    app,
    { clientId: callers.application, allowed: callers.allowed },
    context,
    opts,
  );
  return interpolate`https://${app.defaultHostName}/api/query`;
}
