/** Where what people look after is kept: alarms that rules raise, API tokens as hashes. */
export type KeptPlace =
  /** In the site of the machine. */
  | { readonly kind: "site" }
  /** There is nothing to keep. */
  | { readonly kind: "none" }
  | { readonly kind: "aws-dynamodb"; readonly region: string; readonly table: string }
  | {
      readonly kind: "azure-cosmos";
      /** Of the account. */
      readonly endpoint: string;
      readonly database: string;
    };
