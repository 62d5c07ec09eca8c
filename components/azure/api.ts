import { interpolate, type Output, type Resource } from "@pulumi/pulumi";
import { askingFile, reportSettings, type AskingSettings } from "../../functions/agreements.ts";
import { scheduled } from "../../functions/cloud-report/scheduled.ts";
import { alarmContainer, alarmsOn, registryEndpoint } from "../../functions/azure-agreements.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { KnowledgeBaseArgs } from "../contracts/knowledge-base.ts";
import { bundlesOf } from "../shared/function-bundles.ts";
import { toldModels } from "../shared/told-models.ts";
import { toldResources } from "../shared/told-resources.ts";
import { appState } from "./app-state.ts";
import { createApiTokens, type ApiTokens } from "./api-tokens.ts";
import type { AzureContext } from "./context.ts";
import { grantItems } from "./cosmos-account.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import type { DeviceFleet } from "./device-fleet.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity } from "./identities.ts";
import type { Key } from "./keys.ts";
import type { LatestState } from "./latest-state.ts";
import { functionPackage } from "./package.ts";
import { grant } from "./roles.ts";
import { takesFiles } from "./upload-rights.ts";

export interface ApiArgs extends Pick<
  KnowledgeBaseArgs,
  | "environment"
  | "functions"
  | "profiles"
  | "bindings"
  | "alarms"
  | "reports"
  | "scoring"
  | "resources"
  | "protect"
> {
  readonly lake: EncryptedLake;
  readonly latest: LatestState;
  readonly fleet: DeviceFleet;
}

export interface Api {
  /** Its operations are below `api/`. */
  readonly url: Output<string>;
  readonly tokens: ApiTokens;
}

/** Azure's own default prefix is the one of the API's addresses; an instance has one processor, and questions take turns on it. */
const serving = { routePrefix: "api", atOnce: 8, waiting: 32 } as const;

/**
 * The HTTP API, for programs with an API token; null where the settings ask for none. It reads curated rows and quarantine, the
 * tokens' hashes and the names of uploaded files, writes only new files of devices and what somebody says of an alarm, and opens
 * to nobody before a token is made.
 */
export function createApi(
  name: string,
  {
    environment,
    functions,
    profiles,
    bindings,
    alarms,
    reports,
    scoring,
    resources,
    protect,
    lake,
    latest,
    fleet,
  }: ApiArgs,
  context: AzureContext,
  opts: { readonly parent: Resource },
): Api | null {
  if (context.settings.api === "none") return null;
  const [bundle] = bundlesOf(functions, ["api"], opts.parent) as [FunctionBundle];
  const { registry, pinnedIds: pinned } = fleet;
  const asking: AskingSettings = {
    profiles,
    bindings,
    pinned,
    models: toldModels(scoring),
    resources: toldResources(resources),
  };
  const hasRules = alarms.rules.length > 0;
  const declared = scheduled(reports);
  const kept = { ...opts, protect, retainOnDelete: protect };
  const tokens = createApiTokens(name, latest, context, kept);
  const identity = createIdentity(`${name}-api`, "answers programs that have an API token", context, opts);
  const { raw, curated, quarantine } = lake.zones;
  const app = createFunctionApp(
    `${name}-api`,
    {
      storage: [environment, "api"],
      identity,
      package: functionPackage([bundle], { [askingFile]: JSON.stringify(asking) }, null, serving),
      settings: {
        TENANT: environment,
        CURATED_CONTAINER: curated.container,
        QUARANTINE_CONTAINER: quarantine.container,
        RAW_CONTAINER: raw.container,
        COSMOS_ENDPOINT: latest.account.documentEndpoint,
        ...(hasRules ? { [alarmsOn]: "rules" } : {}),
        ...(declared === null ? {} : { [reportSettings]: JSON.stringify(declared) }),
        ...(registry === null ? {} : { [registryEndpoint]: registry.account.documentEndpoint }),
      },
      memoryMegabytes: 2_048,
      rights: [
        ...Object.entries({ curated, quarantine }).map(([zone, { scope }]) =>
          grant(
            `${name}-api-${zone}`,
            context,
            {
              role: "Storage Blob Data Reader",
              scope,
              principal: identity,
              why: `programs with a token are answered from the ${zone} zone`,
            },
            opts,
          ),
        ),
        ...takesFiles(`${name}-api`, lake, identity, context, opts),
        grantItems(`${name}-api-tokens`, tokens, identity, context, opts, "read"),
        ...(hasRules
          ? [grantItems(`${name}-api-alarms`, latest, identity, context, opts, "write", alarmContainer.name)]
          : []),
        ...(registry === null
          ? []
          : [grantItems(`${name}-api-fleet`, registry, identity, context, opts, "read")]),
      ],
    },
    context,
    opts,
  );
  return { tokens, url: interpolate`https://${app.defaultHostName}/` };
}

/** @param keyId of the account that the tokens are in @param appKey of the app's own data */
export const apiState = ({ url, tokens }: Api, keyId: Key["uri"], appKey: Key): EncryptionState[] => [
  appState("KnowledgeBase", "HTTP API", url, appKey),
  {
    component: "KnowledgeBase",
    name: "API tokens",
    detail: interpolate`${tokens.account.documentEndpoint}dbs/${tokens.database.name}`,
    inTransit: "TLS 1.2 or later, Entra identities only",
    atRest: "AES-256 (customer key), hashes only",
    keyId,
  },
];
