/** Protobuf message types as a table: what of a descriptor reading needs. */

/** Types of descriptor.proto, but messages, groups and enums. */
export const protobufScalars = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
] as const;
export type ProtobufScalar = (typeof protobufScalars)[number];

export interface ProtobufField {
  readonly number: number;
  readonly name: string;
  /** A group is a message that stands between two tags instead of behind its length: proto2's, or `DELIMITED` in editions. */
  readonly type: ProtobufScalar | "message" | "group" | "enum";
  /** Full name of the message or enum. */
  readonly of?: string;
  /** Without one, a scalar that is not sent is its type's zero, as in proto3. A map's `of` has a key and a value. */
  readonly label?: "optional" | "required" | "repeated" | "map";
  /** Which oneof of its message the field is of; what is sent last of one is all that there is of it. */
  readonly oneof?: number;
}

export interface ProtobufTypes {
  /** Full name of the type that a message is. */
  readonly message: string;
  readonly messages: Readonly<Record<string, readonly ProtobufField[]>>;
  /** Names by number. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
