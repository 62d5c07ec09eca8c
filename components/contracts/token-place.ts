/** Where API tokens are kept that programs ask the environment's HTTP API with, as hashes. */
export type TokenPlace =
  /** In the site of the machine. */
  | { readonly kind: "site" }
  /** No API is served. */
  | { readonly kind: "none" }
  | { readonly kind: "aws-dynamodb"; readonly region: string; readonly table: string }
  | {
      readonly kind: "azure-cosmos";
      /** Of the account. */
      readonly endpoint: string;
      readonly database: string;
    };
