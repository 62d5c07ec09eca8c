/** Every well-configured stack, by what it is. */
import { awsAnalytics } from "./aws/analytics.ts";
import { awsApis } from "./aws/apis.ts";
import { awsBuckets } from "./aws/buckets.ts";
import { awsCopies } from "./aws/copies.ts";
import { awsDevices } from "./aws/devices.ts";
import { awsFunctions } from "./aws/functions.ts";
import { awsInternet } from "./aws/internet.ts";
import { awsScience } from "./aws/science.ts";
import { awsStores } from "./aws/stores.ts";
import { awsStreams } from "./aws/streams.ts";
import { azureApps } from "./azure/apps.ts";
import { azureBrokers } from "./azure/brokers.ts";
import { azureDevices } from "./azure/devices.ts";
import { azureStorage } from "./azure/storage.ts";
import { azureStores } from "./azure/stores.ts";
import { azureWorkspaces } from "./azure/workspaces.ts";
import { awsJobs } from "./aws/jobs.ts";
import { azureAnalytics } from "./azure/analytics.ts";
import { local } from "./local.ts";
import type { Sound } from "./stack.ts";

export const soundStacks: Readonly<Record<string, readonly Sound[]>> = {
  ...awsAnalytics,
  ...awsApis,
  ...awsBuckets,
  ...awsCopies,
  ...awsDevices,
  ...awsFunctions,
  ...awsInternet,
  ...awsScience,
  ...awsStores,
  ...awsStreams,
  ...awsJobs,
  ...azureAnalytics,
  ...azureApps,
  ...azureBrokers,
  ...azureDevices,
  ...azureStorage,
  ...azureStores,
  ...azureWorkspaces,
  ...local,
};
