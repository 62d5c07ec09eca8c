import {
  all,
  interpolate,
  unsecret,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { admissionSettings } from "../../functions/agreements.ts";
import { brokerNamespace } from "../../functions/azure-agreements.ts";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import type { UploadCredentials } from "../contracts/connection.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { Broker } from "./broker.ts";
import type { AzureContext } from "./context.ts";
import { grantItems } from "./cosmos-account.ts";
import type { DeviceFleet } from "./device-fleet.ts";
import type { FleetRegistry } from "./fleet-registry.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { functionPackage } from "./package.ts";
import { readsBroker, uploadRights } from "./upload-rights.ts";
import type { ZoneStorage } from "./zones.ts";

export interface UploadArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly fleet: DeviceFleet;
  readonly raw: ZoneStorage;
  /** Who judges certificates. */
  readonly judge: Judge;
}

/** The fleet's registry in Cosmos DB, or the list of clients of the broker. */
export type Judge = FleetRegistry | Broker;

/** Null where nothing that a function can ask knows the fleet: a webhook of somebody else's, or a network without a way to Resource Manager. */
export function judgeOf(
  { registry }: Pick<DeviceFleet, "registry">,
  { broker, settings }: AzureContext,
): Judge | null {
  if (registry !== null) return registry;
  return settings.admission.kind === "registered" && settings.network === "public" ? broker : null;
}

/** From its beginning to its end a signature is as long as the account takes one. */
const seconds = 3_600;
const serving = { routePrefix: "", atOnce: 10, waiting: 40 } as const;

/**
 * A device gets for each file an address that creates this one blob below its own folder of the raw zone, by the
 * certificate that it has. Azure exchanges no certificate for rights on storage; a function does, whose own identity may
 * create files below `offline/` and ask for the key that such addresses are signed with.
 */
export function createUpload(
  name: string,
  { environment, bundle, fleet, raw, judge }: UploadArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Output<UploadCredentials> {
  const identity = createIdentity(
    `${name}-grant`,
    "hands devices the right to create one file",
    context,
    opts,
  );
  const judging =
    "namespace" in judge
      ? byBroker(name, judge, identity, context, opts)
      : byRegistry(name, judge, fleet, identity, context, opts);
  const app = createFunctionApp(
    `${name}-grant`,
    {
      storage: [environment, "grant"],
      identity,
      package: functionPackage([bundle], {}, null, serving),
      settings: {
        ENVIRONMENT: environment,
        RAW_CONTAINER: raw.container,
        // By it the policies see that the app goes by certificates.
        CLIENT_CERTIFICATES: "required",
        ...judging.settings,
      },
      memoryMegabytes: 512,
      clientCertificates: true,
      rights: [...judging.rights, ...uploadRights(name, raw, identity, context, opts)],
    },
    context,
    opts,
  );
  return all([app.defaultHostName, raw.container]).apply(([host, container]): UploadCredentials => ({
    credentialsUrl: `https://${host}/uploads/{sha256}?channel={channel}`,
    headers: {},
    destination: `${container}/${offlineFolder}/{id}/{channel}/{sha256}`,
    seconds,
  }));
}

interface Judging {
  readonly settings: Readonly<Record<string, Input<string>>>;
  readonly rights: readonly Resource[];
}

function byBroker(
  name: string,
  broker: Broker,
  identity: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Judging {
  const namespace = interpolate`https://${context.cloud.management}${broker.namespace.id}`;
  return {
    settings: { [brokerNamespace]: namespace },
    rights: [readsBroker(name, broker, identity, context, opts)],
  };
}

/** As the webhook that the broker may ask: what the stack alone knows of its fleet stands beside the registry. */
function byRegistry(
  name: string,
  registry: FleetRegistry,
  { issuer, enrolment, pinnedIds }: DeviceFleet,
  identity: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Judging {
  return {
    settings: {
      ENROLMENT: enrolment,
      // Of what is secret there this is what anybody may read.
      [admissionSettings.issuer]: unsecret(issuer.apply(({ certificate }) => certificate)),
      ...(pinnedIds.length === 0 ? {} : { [admissionSettings.pinned]: pinnedIds.join(" ") }),
      COSMOS_ENDPOINT: registry.account.documentEndpoint,
    },
    rights: [grantItems(`${name}-grant-items`, registry, identity, context, opts, "read")],
  };
}
