/** Serves the `random` package to the Pulumi engine; started by `pulumi-resource-random`. */

import sdk from "@pulumi/random/package.json" with { type: "json" };
import { OfflineProvider } from "../shared/provider.ts";
import { serve } from "../shared/server.ts";
import { randomPackage } from "./package.ts";

await serve(new OfflineProvider(randomPackage(sdk.version)));
