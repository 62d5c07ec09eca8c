/** What an SDK's type files say of a resource, a function or the provider, as plain data that can be kept in a file. */

/** The type of a value. An `object` is named; its properties stand in {@link Described.objects}. */
export type TypeExpression =
  | "string"
  | "number"
  | "boolean"
  | "any"
  | "asset"
  | "archive"
  | { readonly list: TypeExpression }
  | { readonly map: TypeExpression }
  | { readonly object: string }
  | { readonly enumeration: Enumeration }
  | { readonly oneOf: readonly TypeExpression[] };

/** The values an SDK names for a property. */
export interface Enumeration {
  /** The SDK's name of it, for example `storage.Kind`; absent for a single fixed value. */
  readonly name?: string;
  readonly values: readonly (string | number | boolean)[];
  /** The SDK takes any other string as well. */
  readonly open?: true;
}

export interface PropertySchema {
  readonly type: TypeExpression;
  /** An input that must be set, or an output that is always there. */
  readonly required?: true;
  /** The SDK's reason why it should not be used any more. */
  readonly deprecated?: string;
  /** The SDK's documentation says that a change makes a new resource. */
  readonly replaces?: true;
  /** The values that the documentation lists, where the type is only a string. */
  readonly documentedValues?: readonly string[];
}

/** Properties by name. */
export type ObjectSchema = Readonly<Record<string, PropertySchema>>;

interface Described {
  /** For example `aws:s3/bucket:Bucket`. */
  readonly token: string;
  /** The objects that the properties use, by name (`inputs.s3.BucketWebsite`). */
  readonly objects: Readonly<Record<string, ObjectSchema>>;
}

export interface ResourceSchema extends Described {
  readonly kind: "resource";
  readonly inputs: ObjectSchema;
  readonly outputs: ObjectSchema;
  /** Outputs that the SDK tells the engine to keep encrypted. */
  readonly secretOutputs: readonly string[];
  readonly deprecated?: string;
  /** The version of Azure's API behind it. */
  readonly apiVersion?: string;
}

export interface FunctionSchema extends Described {
  readonly kind: "function";
  readonly inputs: ObjectSchema;
  readonly outputs: ObjectSchema;
}

/** The settings of a package's explicit provider. */
export interface ProviderSchema extends Described {
  readonly kind: "provider";
  readonly inputs: ObjectSchema;
}

export type AnySchema = ResourceSchema | FunctionSchema | ProviderSchema;
