/** Serves the `aws` package to the Pulumi engine without AWS; started by `pulumi-resource-aws`. */

import { CloudProvider } from "../cloud/provider.ts";
import { SdkLibrary } from "../cloud/sdk/library.ts";
import { engineLog } from "../shared/engine-log.ts";
import { serve } from "../shared/server.ts";
import { awsRules } from "./rules.ts";

await serve(new CloudProvider(awsRules(), new SdkLibrary("aws"), engineLog(process.argv[2])));
