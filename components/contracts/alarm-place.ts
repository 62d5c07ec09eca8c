/** Where alarms are kept that rules of `fieldlake:alarms` raise; people look after them there. */
export type AlarmPlace =
  /** In the site of the machine. */
  | { readonly kind: "site" }
  /** Without rules nothing is kept. */
  | { readonly kind: "none" }
  | { readonly kind: "aws-dynamodb"; readonly region: string; readonly table: string }
  | {
      readonly kind: "azure-cosmos";
      /** Of the account. */
      readonly endpoint: string;
      readonly database: string;
    };
