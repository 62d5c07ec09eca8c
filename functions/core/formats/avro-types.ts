/** Avro schemas as reading needs them: checked, names resolved, plain data. Made by `avro-schema.ts` when a profile is checked. */

export type AvroPrimitive = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

/** What a value of another type stands for ("Logical Types"). */
export interface AvroLogical {
  readonly type: "time" | "decimal";
  /** Of a time: microseconds that it counts in. Of a decimal: digits behind the point. */
  readonly scale: number;
}

export type AvroType =
  | { readonly kind: AvroPrimitive; readonly logical?: AvroLogical }
  | { readonly kind: "fixed"; readonly name: string; readonly size: number; readonly logical?: AvroLogical }
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "array"; readonly items: AvroType }
  | { readonly kind: "map"; readonly values: AvroType }
  | { readonly kind: "union"; readonly branches: readonly AvroType[] }
  | { readonly kind: "record"; readonly name: string; readonly fields: readonly AvroField[] }
  /** A record that is declared elsewhere in the schema, perhaps around this very place. */
  | { readonly kind: "named"; readonly name: string };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
}
