/**
 * Device profiles: how the messages of a device family become rows, as data. The shapes here are what
 * `schema.ts` validates; decoding needs only the shapes, so that no validator travels in the bundle.
 */

import type { IdentityRule } from "../dedupe.ts";
import type { RegisterType } from "../formats/modbus-registers.ts";
import type {
  Endian,
  FrameField,
  FrameLayout,
  FrameStream,
  FrameVariants,
} from "../formats/raw-binary-layout.ts";
import type { AvroType } from "../formats/avro-types.ts";
import type { ProtobufTypes } from "../formats/protobuf-types.ts";
import type { Mapping, OtherDevice } from "./mapping.ts";

interface ProfileCommon {
  /** kebab-case; the rows' `codec`. */
  readonly name: string;
  /** The rows' `codec_version`; to be raised with every change that decodes the same bytes differently. */
  readonly version: string;
  readonly description: string;
  /** Default `derived`. */
  readonly identity?: IdentityRule;
}

/** XML files of a device, whose elements are keys, attributes `@key`, and texts beside either `#text`. */
export interface XmlFileRule {
  readonly format: "xml";
  /** Elements from the top to a record, joined by `.`; field paths begin inside of it. Default: the document is one. */
  readonly record?: string;
  /** Default `.`. */
  readonly decimal?: "." | ",";
}

/** INI files of a device. */
export interface IniFileRule {
  readonly format: "ini";
  /** Glob on the sections that are records; field paths begin inside. Default: the file is one, a section a key. */
  readonly record?: string;
  /** Default `.`. */
  readonly decimal?: "." | ",";
  /** Default `utf-8`. */
  readonly encoding?: "utf-8" | "windows-1252";
}

export type FileRule = XmlFileRule | IniFileRule;

/** One document a message; `ndjson`: one a line. */
export interface DocumentProfile extends ProfileCommon, Mapping {
  readonly format: "json" | "ndjson" | "cbor" | "messagepack";
  /** What the device's files are, where they are not what it sends; of `json` and `ndjson`. What precedes a record is `above`. */
  readonly file?: FileRule;
}

/** Records of cells (RFC 4180). */
export interface CsvProfile extends ProfileCommon, Mapping {
  readonly format: "csv";
  /** Default `,`. */
  readonly delimiter?: "," | ";" | "\t" | "|";
  /** Names of the columns, in place of those of the first line. */
  readonly columns?: readonly string[];
  /** Whether the first line names the columns. Default: where `columns` does not. */
  readonly header?: boolean;
  /** Lines before the first that counts. Default 0. */
  readonly skip?: number;
  /** Lines that begin with it are no records. */
  readonly comment?: string;
  /** Default `.`. */
  readonly decimal?: "." | ",";
  /** Default `utf-8`. */
  readonly encoding?: "utf-8" | "windows-1252";
}

/** Records in Avro's binary encoding. */
export interface AvroProfile extends ProfileCommon, Mapping {
  readonly format: "avro";
  /**
   * How a message says which schema it was written with. `none` (default): it does not, there is one;
   * `single-object`: by the fingerprint in Avro's single-object encoding; `confluent`: by the id in a schema registry.
   */
  readonly framing?: "none" | "single-object" | "confluent";
  readonly schemas: readonly (AvroSchemaEntry | PreparedAvroSchema)[];
}

/** A schema as a profile states it. */
export interface AvroSchemaEntry {
  /** In the registry. */
  readonly id?: number;
  /** As in an `.avsc` file; in profile.json also `{"file": "reading.avsc"}`, a file beside it. */
  readonly schema: unknown;
}

/** A schema as decoding takes it: what of a message names it, in hexadecimal digits, and the type. */
export interface PreparedAvroSchema {
  readonly key: string;
  readonly type: AvroType;
}

/** Messages of a type of one's own. */
export interface ProtobufProfile extends ProfileCommon, Mapping {
  readonly format: "protobuf";
  /**
   * The type; in profile.json `{"file": "reading.proto", "message": "acme.Reading"}`, a `.proto` file beside it or a
   * descriptor set that `protoc --include_imports --descriptor_set_out` has written.
   */
  readonly descriptor: ProtobufTypes | { readonly file: string; readonly message: string };
}

export interface SenmlProfile extends ProfileCommon {
  readonly format: "senml-json" | "senml-cbor";
  /** Metrics by resolved name, or by its part behind the prefix: `3303/0/5700` → `temperature`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** A name prefix that isn't the device. Default `sub-device`. */
  readonly otherDevice?: OtherDevice;
}

export interface CayenneLppProfile extends ProfileCommon {
  readonly format: "cayenne-lpp";
  /** Metrics by channel number instead of by type: `"3"` → `soil_temperature`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Take the frame's first unix time (type 133) as the time of its values. Default false: it is a value like others. */
  readonly unixTimeIsEventTime?: boolean;
}

export interface SparkplugProfile extends ProfileCommon {
  readonly format: "sparkplug-b";
  /** Metrics by the name that the node gives them: `Outputs/LEDs/Green` → `green`. Default: the name as lower_snake. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Units by the same names, where births state none. */
  readonly units?: Readonly<Record<string, string>>;
  /** Property of a metric that states its unit. Default `engUnit`. */
  readonly unitProperty?: string;
  /** Metrics that the node marks as not to be kept. Default `keep`. */
  readonly transient?: "keep" | "drop";
}

export interface OpcUaProfile extends ProfileCommon {
  readonly format: "opcua-json";
  /** Metrics by the name of the field, display name or node id. Default: the name as lower_snake. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Units by the same names; PubSub messages state none. */
  readonly units?: Readonly<Record<string, string>>;
}

export interface KuraProfile extends ProfileCommon {
  readonly format: "kura";
  /** Metrics by the name that the device gives them. Default: the name as lower_snake. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Units by the same names; the payload states none. */
  readonly units?: Readonly<Record<string, string>>;
}

/** A value in one register or several. */
export interface ModbusRegister extends Omit<FrameField, "at" | "type" | "endian" | "when" | "wordOrder"> {
  /** Address of its first register, counted as `firstRegister` is. */
  readonly register: number;
  readonly type: RegisterType | "text";
  /** Registers of a text. */
  readonly count?: number;
  /** Default: the profile's. */
  readonly wordOrder?: Endian;
}

/** The content of consecutive registers, as a gateway forwards it. */
export interface ModbusProfile extends ProfileCommon {
  readonly format: "modbus-registers";
  /** Address of the first register of the block. Default 0. */
  readonly firstRegister?: number;
  /** Registers of a block, exactly. Without it a longer block is warned of. */
  readonly registerCount?: number;
  /** Order of the registers within one value. Default `big`: the most significant first. */
  readonly wordOrder?: Endian;
  /** Order of the bytes within a register. Default `big`, which the standard fixes; some gateways turn them. */
  readonly byteOrder?: Endian;
  readonly registers: readonly ModbusRegister[];
}

export interface RawBinaryProfile extends ProfileCommon {
  readonly format: "raw-binary";
  /** The layout of all frames, or `variants`. */
  readonly layout?: FrameLayout;
  readonly variants?: FrameVariants;
  /** Messages of several frames. Without it a message is one frame. */
  readonly stream?: FrameStream;
  /**
   * What the device's files have besides frames: a header of `length` bytes that begins with `hex` is passed over, where
   * the file has it.
   */
  readonly file?: { readonly header: { readonly hex: string; readonly length: number } };
  /**
   * Where repeated samples (without a repeat: the numeric fields) go. Default: `frames` and `readings` where the
   * layout declares a rate of 10 Hz or more, else `readings`. Header fields always become readings.
   */
  readonly tables?: readonly ("frames" | "readings")[];
}

/** A codec of LoRaWAN devices (LoRa Alliance TS013), and how what it decodes becomes rows. */
export interface Ts013Profile extends ProfileCommon, Mapping {
  readonly format: "ts013";
  /** The codec; in profile.json the name of the file beside it, as its maker publishes it. Paths start at its `data`. */
  readonly codec: string | Ts013Codec;
  /** Port of uplinks that state none; on the channel `telemetry/85` it is 85. Default 1. */
  readonly fPort?: number;
  /** Where uplinks are in the JSON of a network server. Without it a message is the bytes of an uplink. */
  readonly uplink?: UplinkPlaces;
}

export interface Ts013Codec {
  readonly code: string;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
  /** Whoever deploys has named the hash (fieldlake:trustedCodecs): runs without a sandbox. */
  readonly trusted?: boolean;
}

/** Paths to the parts of an uplink. */
export interface UplinkPlaces {
  readonly bytes: string;
  /** Default `base64`. */
  readonly encoding?: "base64" | "hex";
  readonly fPort?: string;
  /** RFC 3339: when the network received it; the rows' time where the codec's data has none. */
  readonly time?: string;
  /** The sending device, which becomes the rows' sub-device. */
  readonly device?: string;
  /** The uplink counter. */
  readonly sequence?: string;
}

export type Profile =
  | DocumentProfile
  | CsvProfile
  | AvroProfile
  | ProtobufProfile
  | SenmlProfile
  | CayenneLppProfile
  | SparkplugProfile
  | OpcUaProfile
  | KuraProfile
  | ModbusProfile
  | RawBinaryProfile
  | Ts013Profile;

/** Which profile decodes the messages of which devices. The first binding that matches wins. */
export interface Binding {
  /** Glob on the device id: `*` stands for any characters, `?` for one. */
  readonly devices: string;
  /** Glob on the channel, in which `*` may also stand for `/`. Default `telemetry*`. */
  readonly channel?: string | undefined;
  /** Name of a profile. */
  readonly profile: string;
}

/** Whether decoding by these profiles takes what TS013 codecs need, which is a part of its own. */
export const haveCodecs = (profiles: readonly Profile[]): boolean =>
  profiles.some(({ format }) => format === "ts013");
