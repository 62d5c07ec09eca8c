/** Protobuf descriptors to the table that decoding takes: `.proto` text, or a descriptor set that `protoc` has written. */

import protobuf from "protobufjs";
import { protobufReader } from "../functions/core/formats/protobuf-read.ts";
import type {
  ProtobufField,
  ProtobufScalar,
  ProtobufTypes,
} from "../functions/core/formats/protobuf-types.ts";
import { protobufScalars } from "../functions/core/formats/protobuf-types.ts";
import type { TreeObject } from "../functions/core/tree.ts";

/** Reads a file that another one imports; undefined where there is none. */
export type ImportReader = (path: string) => string | undefined;

type Messages = Record<string, ProtobufField[]>;
type Enums = Record<string, Record<string, string>>;

/**
 * The table of a type and of all that it holds, from `.proto` text.
 * Throws an Error for what is no `.proto`, an import that can't be read, and a type that there is not.
 */
export function typesOfProto(text: string, message: string, readImport: ImportReader): ProtobufTypes {
  const root = new protobuf.Root();
  const seen = new Set<string>();
  const parse = (source: string, name: string): void => {
    const { imports = [], weakImports = [] } = protobuf.parse(source, root, { keepCase: true });
    for (const path of [...imports, ...weakImports]) {
      if (seen.has(path)) continue;
      seen.add(path);
      const common = protobuf.common.get(path) as protobuf.INamespace | null;
      if (common !== null) {
        root.addJSON(common.nested ?? {});
        continue;
      }
      const imported = readImport(path);
      if (imported === undefined)
        throw new Error(`${name} imports "${path}", which is not in the profile's folder`);
      parse(imported, path);
    }
  };
  parse(text, "the file");
  root.resolveAll();
  const messages: Messages = {};
  const enums: Enums = {};
  const visit = (type: protobuf.Type): void => {
    const name = type.fullName.slice(1);
    if (Object.hasOwn(messages, name)) return;
    const fields: ProtobufField[] = (messages[name] = []);
    for (const field of type.fieldsArray) {
      const of = field.resolvedType;
      if (field instanceof protobuf.MapField) {
        const entry = `${name}.${field.name}Entry`;
        messages[entry] = [
          { number: 1, name: "key", type: field.keyType as ProtobufScalar },
          { number: 2, name: "value", ...typeOf(of, field.type) },
        ];
        fields.push({ number: field.id, name: field.name, type: "message", of: entry, label: "map" });
      } else {
        const label = labelOf(field);
        const { partOf } = field;
        fields.push({
          number: field.id,
          name: field.name,
          ...typeOf(of, field.type),
          ...(field.delimited ? { type: "group" as const } : {}),
          ...(label ? { label } : {}),
          ...(partOf && !partOf.isProto3Optional ? { oneof: type.oneofsArray.indexOf(partOf) } : {}),
        });
      }
      if (of instanceof protobuf.Type) visit(of);
      if (of instanceof protobuf.Enum)
        enums[of.fullName.slice(1)] = Object.fromEntries(
          firstOfAliases(Object.entries(of.values).map(([label, number]) => [String(number), label])),
        );
    }
  };
  visit(root.lookupType(message));
  return { message: root.lookupType(message).fullName.slice(1), messages, enums };
}

function typeOf(of: protobuf.Type | protobuf.Enum | null, type: string): Pick<ProtobufField, "type" | "of"> {
  if (of instanceof protobuf.Type) return { type: "message", of: of.fullName.slice(1) };
  if (of instanceof protobuf.Enum) return { type: "enum", of: of.fullName.slice(1) };
  return { type: type as ProtobufScalar };
}

/** Of several names of one number (`allow_alias`) the first is the one that is written. */
function firstOfAliases(entries: [number: string, label: string][]): [number: string, label: string][] {
  return entries.reverse();
}

function labelOf(field: protobuf.Field): ProtobufField["label"] {
  if (field.repeated) return "repeated";
  if (field.required) return "required";
  return field.hasPresence ? "optional" : undefined;
}

/** What of descriptor.proto says how messages are written (protobuf.dev, "descriptor.proto"). */
const descriptorTypes: ProtobufTypes = (() => {
  const one = (number: number, name: string, type: ProtobufField["type"], of?: string): ProtobufField => ({
    number,
    name,
    type,
    ...(of === undefined ? {} : { of }),
    label: "optional",
  });
  const many = (number: number, name: string, of: string): ProtobufField => ({
    number,
    name,
    type: "message",
    of,
    label: "repeated",
  });
  return {
    message: "set",
    messages: {
      set: [many(1, "file", "file")],
      file: [
        one(2, "package", "string"),
        many(4, "message_type", "message"),
        many(5, "enum_type", "enum"),
        one(8, "options", "message", "options"),
        one(12, "syntax", "string"),
      ],
      message: [
        one(1, "name", "string"),
        many(2, "field", "field"),
        many(3, "nested_type", "message"),
        many(4, "enum_type", "enum"),
        one(7, "options", "message", "messageOptions"),
      ],
      messageOptions: [one(7, "map_entry", "bool")],
      field: [
        one(1, "name", "string"),
        one(3, "number", "int32"),
        one(4, "label", "int32"),
        one(5, "type", "int32"),
        one(6, "type_name", "string"),
        one(8, "options", "message", "fieldOptions"),
        one(9, "oneof_index", "int32"),
        one(17, "proto3_optional", "bool"),
      ],
      enum: [one(1, "name", "string"), many(2, "value", "enumValue")],
      enumValue: [one(1, "name", "string"), one(2, "number", "int32")],
      options: [one(50, "features", "message", "features")],
      fieldOptions: [one(21, "features", "message", "features")],
      features: [one(1, "field_presence", "int32"), one(5, "message_encoding", "int32")],
    },
    enums: {},
  };
})();

const readSet = protobufReader(descriptorTypes);

/** FieldDescriptorProto.Type by number; 10 is a group, 11 a message, 14 an enum. */
const scalarNumbers: Readonly<Record<number, ProtobufScalar>> = {
  1: "double",
  2: "float",
  3: "int64",
  4: "uint64",
  5: "int32",
  6: "fixed64",
  7: "fixed32",
  8: "bool",
  9: "string",
  12: "bytes",
  13: "uint32",
  15: "sfixed32",
  16: "sfixed64",
  17: "sint32",
  18: "sint64",
};

/** FeatureSet.FieldPresence and FeatureSet.MessageEncoding. */
const implicit = 2;
const delimited = 2;

const list = (value: unknown): readonly TreeObject[] => (Array.isArray(value) ? (value as TreeObject[]) : []);

/** The table of a type from a FileDescriptorSet. Throws an Error or Fault for what is none. */
export function typesOfDescriptorSet(bytes: Uint8Array, message: string): ProtobufTypes {
  const messages: Messages = {};
  const enums: Enums = {};
  const maps = new Set<string>();
  const addEnum = (one: TreeObject, scope: string): void => {
    enums[`${scope}${String(one["name"])}`] = Object.fromEntries(
      firstOfAliases(
        list(one["value"]).map(({ name, number }) => [
          String((number as number | undefined) ?? 0),
          String(name),
        ]),
      ),
    );
  };
  const addMessage = (one: TreeObject, scope: string, rules: FileRules): void => {
    const name = `${scope}${String(one["name"])}`;
    if ((one["options"] as TreeObject | undefined)?.["map_entry"] === true) maps.add(name);
    messages[name] = list(one["field"]).map((field) => tableField(field, name, rules));
    for (const nested of list(one["nested_type"])) addMessage(nested, `${name}.`, rules);
    for (const nested of list(one["enum_type"])) addEnum(nested, `${name}.`);
  };
  for (const file of list((readSet(bytes) as TreeObject)["file"])) {
    const scope = file["package"] === undefined ? "" : `${String(file["package"])}.`;
    for (const one of list(file["message_type"])) addMessage(one, scope, rulesOf(file));
    for (const one of list(file["enum_type"])) addEnum(one, scope);
  }
  // A name without a leading dot is looked up from the innermost scope outwards, as in C++.
  const resolved = (name: string, scope: string): string => {
    if (name.startsWith(".")) return name.slice(1);
    for (let outer = scope; outer !== ""; outer = outer.slice(0, Math.max(0, outer.lastIndexOf(".")))) {
      const full = `${outer}.${name}`;
      if (Object.hasOwn(messages, full) || Object.hasOwn(enums, full)) return full;
    }
    return name;
  };
  const mapped = Object.entries(messages).map(([name, fields]): [string, ProtobufField[]] => [
    name,
    fields.map((field) => {
      if (field.of === undefined) return field;
      const of = resolved(field.of, name);
      // Maps and what is in them stand behind their lengths, whatever the file says of messages.
      const isOfMap = maps.has(of) || maps.has(name);
      return {
        ...field,
        of,
        ...(isOfMap && field.type === "group" ? { type: "message" } : {}),
        ...(maps.has(of) ? { label: "map" } : {}),
      };
    }),
  ]);
  return { message, messages: Object.fromEntries(mapped), enums };
}

/** How the fields of a file are written. */
interface FileRules {
  /** Whether a field knows that it is absent: proto2, `optional`, oneofs, messages, and editions by feature. */
  hasPresence(field: TreeObject): boolean;
  /** Whether a message within another is written as a group is, in editions by feature. */
  isDelimited(field: TreeObject): boolean;
}

function rulesOf(file: TreeObject): FileRules {
  const featureOf = (name: string, field: TreeObject): unknown => {
    const [own, ofFile] = [field, file].map(
      ({ options }) => (options as TreeObject | undefined)?.["features"] as TreeObject | undefined,
    );
    return own?.[name] ?? ofFile?.[name];
  };
  const { syntax } = file;
  return {
    hasPresence(field) {
      if (field["proto3_optional"] === true || field["oneof_index"] !== undefined) return true;
      if (syntax === "proto3") return false;
      return syntax !== "editions" || featureOf("field_presence", field) !== implicit;
    },
    isDelimited: (field) => field["type"] === 11 && featureOf("message_encoding", field) === delimited,
  };
}

function tableField(field: TreeObject, message: string, rules: FileRules): ProtobufField {
  const { number, name, type, label } = field;
  const common = { number: number as number, name: String(name) };
  const of = String((field["type_name"] as string | undefined) ?? "");
  const isGroup = type === 10 || rules.isDelimited(field);
  const kind = isGroup
    ? "group"
    : type === 11
      ? "message"
      : type === 14
        ? "enum"
        : scalarNumbers[type as number];
  if (kind === undefined)
    throw new Error(`"${message}.${String(name)}" is of type ${String(type as number)}`);
  const stated =
    label === 3 ? "repeated" : label === 2 ? "required" : rules.hasPresence(field) ? "optional" : undefined;
  const isNamed = !(protobufScalars as readonly string[]).includes(kind);
  const oneof = field["proto3_optional"] === true ? undefined : (field["oneof_index"] as number | undefined);
  return {
    ...common,
    type: kind,
    ...(isNamed ? { of } : {}),
    ...(stated ? { label: stated } : {}),
    ...(oneof === undefined ? {} : { oneof }),
  };
}
