import { CustomResource, type CustomResourceOptions, type Input } from "@pulumi/pulumi";

/** A file of a function app's package: one on disk, or a text. */
export type PackageFile = { readonly path: string } | { readonly text: string };

export interface FunctionCodeArgs {
  /** Host name of the app, `<app>.azurewebsites.net`. */
  readonly host: Input<string>;
  /** By name in the package. */
  readonly files: Readonly<Record<string, PackageFile>>;
  /** SHA-256 over names and contents, hex: what decides whether there is something to publish. */
  readonly hash: string;
}

/**
 * The code of a Flex Consumption app, published by its deployment endpoint as who deploys. azure-native's own blob
 * resource signs by account keys, which our accounts do not have (pulumi/pulumi-azure-native#2015).
 */
export class FunctionCode extends CustomResource {
  constructor(name: string, args: FunctionCodeArgs, opts?: CustomResourceOptions) {
    super("fieldlake:azure:FunctionCode", name, { ...args }, opts);
  }
}

export interface WriteOnceArgs {
  readonly mode: "unlocked" | "locked";
  readonly days: number;
  /** What to change where the mode is refused: a key of the configuration. */
  readonly setting: string;
}

/**
 * What an account's immutability is to be: refused where it can't become so from what it was, before the account is
 * touched. The account depends on it.
 */
export class WriteOnce extends CustomResource {
  constructor(name: string, args: WriteOnceArgs, opts?: CustomResourceOptions) {
    super("fieldlake:azure:WriteOnce", name, { ...args }, opts);
  }
}

export interface EnrolmentGroupArgs {
  /** Service endpoint of the provisioning service. */
  readonly endpoint: Input<string>;
  readonly groupId: string;
  /** Name of the verified CA certificate whose devices it admits. */
  readonly certificate: Input<string>;
  /** Host name of the hub that they come to. */
  readonly hub: Input<string>;
  readonly enabled: boolean;
}

/** Devices that a certificate authority vouches for, let in on their first connection: data of the provisioning service. */
export class EnrolmentGroup extends CustomResource {
  constructor(name: string, args: EnrolmentGroupArgs, opts?: CustomResourceOptions) {
    super("fieldlake:azure:EnrolmentGroup", name, { ...args }, opts);
  }
}
