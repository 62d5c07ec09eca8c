import { interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { settingsFile, type DecoderSettings } from "../../functions/agreements.ts";
import { triggers } from "../../functions/azure-agreements.ts";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { StreamProcessorArgs, StreamProcessorOutputs } from "../contracts/stream-processor.ts";
import { ours } from "../shared/ours.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { decoderBundle, uploadBundle } from "../shared/decoder-bundle.ts";
import { refuse, streamProcessorFaults } from "../shared/validate.ts";
import { addedBeside } from "./blob-conditions.ts";
import { appState } from "./app-state.ts";
import type { AzureContext } from "./context.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { createHub, createHubs, type Hubs } from "./event-hubs.ts";
import { createFunctionApp, hubSettings, leastInstances } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import { functionPackage } from "./package.ts";
import { grant } from "./roles.ts";
import type { Hub } from "./event-hubs.ts";
import { createUploaded } from "./uploaded.ts";

const batch = 1_000;
const partitionsOf = { frugal: 4, throughput: 32 } as const;

/** Event Hubs and a function that keeps raw, decodes, writes Parquet and quarantines, whatever the profile; they differ in size. */
export class StreamProcessor extends FieldlakeComponent implements StreamProcessorOutputs {
  readonly streamId: Output<string>;
  readonly functionId: Output<string>;
  readonly deadLetter: Output<string>;
  readonly lagMetric: Output<string>;
  readonly exceptions: readonly NamedException[];
  readonly encryption: readonly EncryptionState[];
  /** For the other Azure components. */
  readonly hubs: Hubs;
  /** What the decoder reads. */
  readonly messages: Hub;

  constructor(
    name: string,
    args: StreamProcessorArgs,
    context: AzureContext,
    opts?: ComponentResourceOptions,
  ) {
    const { environment, protect, profile, decoder, concurrency, bindings, clockWindow } = args;
    super(
      "azure",
      "StreamProcessor",
      name,
      { environment, profile, concurrency, bindings, clockWindow, decoderHash: decoder.sha256 },
      opts,
    );
    refuse(streamProcessorFaults(args), this);
    const lake = ours("lake", args.lake, EncryptedLake, this);

    const child = { parent: this };
    const stateful = { ...child, protect, retainOnDelete: protect };
    const { settings } = context;
    const growing = profile === "throughput";
    this.hubs = createHubs(name, growing, context, stateful);
    const partitions = settings.eventHubs.partitions ?? partitionsOf[profile];
    const stream = createHub(name, "messages", partitions, this.hubs, context, child);
    this.messages = stream;
    const identity = createIdentity(`${name}-decoder`, "decodes messages into rows", context, child);
    const app = createFunctionApp(
      `${name}-decoder`,
      {
        storage: [environment, "decoder"],
        identity,
        package: functionPackage(
          [decoderBundle(args)],
          { [settingsFile]: JSON.stringify(decoderSettings(args, context)) },
          { batch, wait: settings.bufferSeconds },
        ),
        settings: {
          ...hubSettings(
            triggers.decoder,
            { host: this.hubs.host, hub: stream.hub.name, group: stream.group.name },
            identity,
          ),
          RAW_CONTAINER: lake.zones.raw.container,
          CURATED_CONTAINER: lake.zones.curated.container,
          QUARANTINE_CONTAINER: lake.zones.quarantine.container,
        },
        containers: { BIRTHS_CONTAINER: "births" },
        memoryMegabytes: 2_048,
        maximumInstances: Math.max(leastInstances, concurrency),
        rights: rights(name, identity, stream, lake, context, child),
      },
      context,
      child,
    );

    const files = { [settingsFile]: JSON.stringify(decoderSettings(args, context)) };
    const bundle = uploadBundle(args, this);
    const uploads = createUploaded(
      name,
      { environment, bundle, files, lake, hubs: this.hubs },
      context,
      child,
    );

    this.streamId = stream.hub.id;
    this.functionId = app.id;
    this.deadLetter = lake.quarantineUri;
    this.lagMetric = interpolate`AppTraces FreshnessSeconds of ${environment} in ${context.logs.workspace.name}`;
    const premium = settings.eventHubs.tier === "premium";
    this.encryption = [
      {
        component: "StreamProcessor",
        name: "event hub",
        detail: this.streamId,
        inTransit: "TLS 1.2 or later, Entra identities only",
        atRest: premium
          ? "AES-256 (customer key), and once more by infrastructure encryption"
          : "AES-256 (Azure's key)",
        keyId: premium ? context.key.uri : null,
      },
      appState(
        "StreamProcessor",
        "decoder",
        interpolate`function app ${app.name}: its package, leases, checkpoints and Sparkplug births`,
        context.key,
      ),
      appState(
        "StreamProcessor",
        "uploads",
        interpolate`function app ${uploads.name}: its package, leases and checkpoints`,
        context.key,
      ),
    ];
    this.exceptions = premium ? [] : [hubKey(name, settings.eventHubs.retentionHours)];
    this.registerOutputs({
      streamId: this.streamId,
      functionId: this.functionId,
      deadLetter: this.deadLetter,
      lagMetric: this.lagMetric,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

/** The decoder adds blobs and reads none: what it wrote, it can't read back. Files of devices are not its to add. */
function rights(
  name: string,
  principal: Principal,
  { hub }: Hub,
  { zones, blobAdder: role }: EncryptedLake,
  context: AzureContext,
  opts: { parent: StreamProcessor },
) {
  return [
    grant(
      `${name}-decoder-reads`,
      context,
      {
        role: "Azure Event Hubs Data Receiver",
        scope: hub.id,
        principal,
        why: "the decoder reads the stream",
      },
      opts,
    ),
    ...Object.entries(zones).map(([zone, { scope }]) =>
      grant(
        `${name}-decoder-adds-${zone}`,
        context,
        {
          ...{ role, scope, principal, why: `the decoder adds files to the ${zone} zone` },
          ...(zone === "raw" ? { condition: addedBeside(offlineFolder) } : {}),
        },
        opts,
      ),
    ),
  ];
}

const decoderSettings = (
  { environment, profiles, bindings, clockWindow }: StreamProcessorArgs,
  { settings: { serverlessSql } }: AzureContext,
): DecoderSettings => ({
  tenant: environment,
  profiles: profiles as readonly Profile[],
  bindings,
  clockWindow,
  ...(serverlessSql === undefined ? {} : { codec: "SNAPPY" }),
});

const hubKey = (resource: string, hours: number): NamedException => ({
  rule: "azure-eventhub-require-customer-key",
  resource: `${resource}-event-hub`,
  reason: "Event Hubs takes a customer's key on the tiers Premium and Dedicated only; this is Standard",
  compensatingControl: `messages stay ${hours} hours, under Azure's key; set fieldlake:azure.eventHubs.tier to premium`,
});
