/** Serves the `azure-native` package to the Pulumi engine without Azure; started by `pulumi-resource-azure-native`. */

import { CloudProvider } from "../cloud/provider.ts";
import { SdkLibrary } from "../cloud/sdk/library.ts";
import { engineLog } from "../shared/engine-log.ts";
import { serve } from "../shared/server.ts";
import { azureRules } from "./rules.ts";

const library = new SdkLibrary("azure-native");
await serve(new CloudProvider(azureRules(), library, engineLog(process.argv[2])));
