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
