/** On the machine that the fleet's commands run on; absolute, or relative to the project. */
interface OnThisMachine {
  /** Of the registry, or of what belongs beside one that is elsewhere. */
  readonly folder: string;
}

/** A registry that functions of a cloud write, too. */
interface InCloud extends OnThisMachine {
  /** For keys of the authority. */
  readonly keyFolder: string;
  /** Base64 of 32 bytes: authenticates bootstrap tokens. */
  readonly tokenKey: string;
}

/** Where a target keeps the registry of its fleet; it is never part of the stack's state. */
export type RegistryPlace =
  /** `keyFile`: the registry is sealed under it. */
  | (OnThisMachine & { readonly kind: "local"; readonly keyFile: string })
  | (InCloud & { readonly kind: "aws-dynamodb"; readonly region: string; readonly table: string })
  | (InCloud & {
      readonly kind: "azure-cosmos";
      readonly endpoint: string;
      readonly database: string;
      readonly container: string;
    });
