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

export interface WebhookAdmissionArgs {
  /** Id of the Event Grid namespace. */
  readonly namespace: Input<string>;
  /** Resource Manager's host of the cloud. */
  readonly management: string;
  /** What the broker asks at each connect. */
  readonly url: string;
  /** Whom the broker's token is for: the application id URI behind the webhook. */
  readonly audience: string;
  readonly tenantId: Input<string>;
  /** Id of the identity that the broker asks as; one of the namespace's own. */
  readonly identity: Input<string>;
  /** Of the namespace's other settings: it is set again when these are. */
  readonly revision: string;
}

/** The broker asks a webhook at each connect: a setting that only preview versions of Azure's API have. */
export class WebhookAdmission extends CustomResource {
  constructor(name: string, args: WebhookAdmissionArgs, opts?: CustomResourceOptions) {
    super("fieldlake:azure:WebhookAdmission", name, { ...args }, opts);
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
