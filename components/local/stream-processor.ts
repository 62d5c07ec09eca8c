import { interpolate, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { StreamProcessorArgs, StreamProcessorOutputs } from "../contracts/stream-processor.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { refuse, streamProcessorFaults } from "../shared/validate.ts";
import type { LocalContext } from "./context.ts";
import { SiteModule } from "./resources.ts";

/** Worker threads that run the same decoder bundle as the clouds, fed by the sealed write-ahead log. */
export class StreamProcessor extends FieldlakeComponent implements StreamProcessorOutputs {
  readonly streamId: Output<string>;
  readonly functionId: Output<string>;
  readonly deadLetter: Output<string>;
  readonly lagMetric: Output<string>;
  readonly exceptions: readonly NamedException[] = [];
  readonly encryption: readonly EncryptionState[];

  constructor(
    name: string,
    args: StreamProcessorArgs,
    context: LocalContext,
    opts?: ComponentResourceOptions,
  ) {
    const { environment, protect, profile, decoder, concurrency, bindings, clockWindow, lake } = args;
    super(
      "local",
      "StreamProcessor",
      name,
      { environment, profile, concurrency, bindings, clockWindow, decoderHash: decoder.sha256 },
      opts,
    );
    refuse(streamProcessorFaults(args), this);

    const stateful = { parent: this, protect };
    const module = new SiteModule(
      "decoder",
      `${name}-decoder`,
      { site: context.site, after: [lake.catalog] },
      {
        bundle: { file: decoder.file, sha256: decoder.sha256 },
        workers: concurrency,
        profiles: [...args.profiles],
        bindings: bindings.map((binding) => ({ ...binding })),
        clockWindow: { ...clockWindow },
      },
      stateful,
    );

    if (context.folders.watched.length > 0)
      new SiteModule(
        "drops",
        `${name}-drops`,
        { site: context.site, after: [module.id] },
        { folders: context.folders.watched.map((watched) => ({ ...watched })) },
        { parent: this },
      );

    this.streamId = interpolate`${module.id.apply(() => `file://${context.folders.data}/log`)}`;
    this.functionId = output(`decoder-${decoder.sha256.slice(0, 12)}`);
    this.deadLetter = lake.quarantineUri;
    this.lagMetric = output("log.lag");
    this.encryption = [
      {
        component: "StreamProcessor",
        name: "write-ahead log",
        detail: "synced to disk before a message is acknowledged",
        inTransit: null,
        atRest: "AES-256-GCM, a key per segment",
        keyId: lake.keyId,
      },
    ];
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
