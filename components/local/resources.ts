/** The resources of the fieldlake provider (provider/), as a program registers them. */
import {
  all,
  CustomResource,
  type CustomResourceOptions,
  type Input,
  type Inputs,
  type Output,
} from "@pulumi/pulumi";
import type { ModuleName, ModuleSettings } from "../../site/settings.ts";

/** Every property of a settings object may come from another resource. */
export type DeepInput<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? Input<T>
    : Input<{ [Key in keyof T]: DeepInput<T[Key]> }>;

export interface KeyringArgs {
  /** Absolute path of the key file. */
  readonly file: string;
  /** False for a key of one's own: it must exist, and is never removed. */
  readonly managed: boolean;
}

/** A master key file (32 random bytes, 0600), made on the machine; only its id enters the state. */
export class Keyring extends CustomResource {
  declare readonly file: Output<string>;
  declare readonly keyId: Output<string>;

  constructor(name: string, args: KeyringArgs, opts?: CustomResourceOptions) {
    super("fieldlake:local:Keyring", name, { ...args, keyId: undefined }, opts);
  }
}

export interface SiteArgs {
  /** Absolute; holds the control socket, the sealed settings and the log of the process. */
  readonly runFolder: string;
  /** The key its settings are sealed under. */
  readonly keyFile: Input<string>;
}

/** The site process: started, watched, restarted and stopped by the provider; survives the terminal. */
export class Site extends CustomResource {
  declare readonly runFolder: Output<string>;
  declare readonly keyFile: Output<string>;

  constructor(name: string, args: SiteArgs, opts?: CustomResourceOptions) {
    super("fieldlake:local:Site", name, { ...args }, opts);
  }
}

const moduleTypes = {
  lake: "fieldlake:local:Lake",
  decoder: "fieldlake:local:Decoder",
  broker: "fieldlake:local:Broker",
  enrolment: "fieldlake:local:Enrolment",
  drops: "fieldlake:local:Drops",
  scoring: "fieldlake:local:Scoring",
  alarms: "fieldlake:local:Alarms",
  insights: "fieldlake:local:Insights",
  reports: "fieldlake:local:Reports",
  console: "fieldlake:local:Console",
} as const satisfies Partial<Record<ModuleName, string>>;

export interface ModulePlace {
  readonly site: Site;
  /** Outputs of what must run before it; the settings themselves stay known at preview, for policies to see. */
  readonly after?: readonly Input<unknown>[];
}

/** A module of the site: running with exactly these settings once it is created. */
export class SiteModule<Name extends keyof typeof moduleTypes> extends CustomResource {
  constructor(
    module: Name,
    name: string,
    { site, after = [] }: ModulePlace,
    settings: DeepInput<ModuleSettings[Name]>,
    opts: CustomResourceOptions & { additionalSecretOutputs?: string[] },
  ) {
    const runFolder = all([site.runFolder, ...after]).apply(([folder]) => folder);
    const inputs: Inputs = { runFolder, settings };
    super(moduleTypes[module], name, inputs, opts);
  }
}

export interface DeviceRegistryArgs {
  readonly site: Site;
  /** Absolute; the fleet's registry, sealed under the site's key. */
  readonly registryFolder: string;
  readonly devices: Input<
    readonly { readonly id: string; readonly profile: string | null; readonly certificate: Input<string> }[]
  >;
  readonly enrolment: "on-first-connect" | "registered";
  /** Ids among `devices`, or serial numbers in hex. */
  readonly revoked: readonly string[];
  /** PEM of the certificate and key that sign the revocation list. */
  readonly issuerCertificate: Input<string>;
  readonly issuerKey: Input<string>;
}

/**
 * Who belongs to the fleet and whose certificate is revoked; the list (RFC 5280) is re-issued at half its life. The
 * registry itself is no part of the state, however many devices it holds.
 */
export class DeviceRegistry extends CustomResource {
  constructor(name: string, { site, ...args }: DeviceRegistryArgs, opts?: CustomResourceOptions) {
    const { runFolder, keyFile } = site;
    super("fieldlake:local:DeviceRegistry", name, { runFolder, keyFile, ...args }, opts);
  }
}
