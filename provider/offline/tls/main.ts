/** Serves the `tls` package to the Pulumi engine; started by `pulumi-resource-tls`. */

import sdk from "@pulumi/tls/package.json" with { type: "json" };
import { OfflineProvider } from "../shared/provider.ts";
import { serve } from "../shared/server.ts";
import { tlsPackage } from "./package.ts";

await serve(new OfflineProvider(tlsPackage(sdk.version)));
