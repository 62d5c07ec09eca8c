/**
 * Device profiles: how the messages of a device family become rows, as data. The shapes here are what
 * `schema.ts` validates; decoding needs only the shapes, so that no validator travels in the bundle.
 */

import type { IdentityRule } from "../dedupe.ts";
import type { FrameLayout } from "../formats/raw-binary-layout.ts";
import type { TimeUnit } from "../normalise/time.ts";

/** What to do with a message that names another device than the authenticated one. */
export type OtherDevice = "sub-device" | "quarantine";

interface ProfileCommon {
  /** kebab-case; the rows' `codec`. */
  readonly name: string;
  /** The rows' `codec_version`; to be raised with every change that decodes the same bytes differently. */
  readonly version: string;
  readonly description: string;
  /** Default `derived`. */
  readonly identity?: IdentityRule;
}

/** One value of a record. */
export interface MappedField {
  /** Where: keys joined by `.`, array places as `[n]`, for example `climate.sensors[0].t`. */
  readonly path: string;
  /** Default: the path's last key as lower_snake. */
  readonly metric?: string;
  readonly unit?: string;
  /** Default `double`. */
  readonly type?: "double" | "int" | "bool" | "text" | "bytes";
  /** Value = raw × scale + offset; `double` only. Defaults 1 and 0. */
  readonly scale?: number;
  readonly offset?: number;
  /** What the device writes for "no reading", before scaling. */
  readonly none?: number | string | readonly (number | string)[];
  /** A record without it is reported. Default false. */
  readonly required?: boolean;
}

/** Where a record's time is. A time that the format itself marks as one needs no unit. */
export interface MappedTime {
  readonly path: string;
  /** A second text behind the first: the time of day, where it is apart from the date. */
  readonly and?: string;
  /** A count since 1970, `iso` for RFC 3339 text, or `pattern`. */
  readonly unit: TimeUnit | "iso" | "pattern";
  /** For example `DD.MM.YYYY HH:mm:ss`. */
  readonly pattern?: string;
  /** Of texts that state no zone: `Z` or like `+02:00`. Without it `iso` takes none, and `pattern` is in UTC. */
  readonly zone?: string;
}

/** How records with names become rows. */
export interface Mapping {
  /** Where the device's time is, and how it counts. Without one, rows lie at arrival. */
  readonly time?: MappedTime;
  readonly sequence?: { readonly path: string };
  /** Where the payload names its device. */
  readonly device?: { readonly path: string; readonly other: OtherDevice };
  /** An array of samples; field paths and the time then start at its elements. */
  readonly samples?: string;
  readonly fields: readonly MappedField[];
  /** Numbers and booleans that no field names: dropped, or made readings named by their path. Default `ignore`. */
  readonly others?: "ignore" | "readings";
}

/** One document a message; `ndjson`: one a line. */
export interface DocumentProfile extends ProfileCommon, Mapping {
  readonly format: "json" | "ndjson" | "cbor" | "messagepack";
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

export interface RawBinaryProfile extends ProfileCommon {
  readonly format: "raw-binary";
  readonly layout: FrameLayout;
  /**
   * Where repeated samples (without a repeat: the numeric fields) go. Default: `frames` and `readings` where the
   * layout declares a rate of 10 Hz or more, else `readings`. Header fields always become readings.
   */
  readonly tables?: readonly ("frames" | "readings")[];
}

export type Profile =
  DocumentProfile | CsvProfile | SenmlProfile | CayenneLppProfile | SparkplugProfile | RawBinaryProfile;

/** Which profile decodes the messages of which devices. The first binding that matches wins. */
export interface Binding {
  /** Glob on the device id: `*` stands for any characters, `?` for one. */
  readonly devices: string;
  /** Glob on the channel, in which `*` may also stand for `/`. Default `telemetry*`. */
  readonly channel?: string | undefined;
  /** Name of a profile. */
  readonly profile: string;
}
