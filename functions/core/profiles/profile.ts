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

/** One value of a JSON message. */
export interface JsonField {
  /** Where: keys joined by `.`, array places as `[n]`, for example `climate.sensors[0].t`. */
  readonly path: string;
  /** Default: the path's last key as lower_snake. */
  readonly metric?: string;
  readonly unit?: string;
  /** Default `double`. */
  readonly type?: "double" | "int" | "bool" | "text";
  /** Value = raw × scale + offset; `double` only. Defaults 1 and 0. */
  readonly scale?: number;
  readonly offset?: number;
  /** A message without it is reported. Default false. */
  readonly required?: boolean;
}

export interface JsonProfile extends ProfileCommon {
  readonly format: "json";
  /** Where the device's time is, and how it counts; `iso` for RFC 3339 text. Without one, rows lie at arrival. */
  readonly time?: { readonly path: string; readonly unit: TimeUnit | "iso" };
  readonly sequence?: { readonly path: string };
  /** Where the payload names its device. */
  readonly device?: { readonly path: string; readonly other: OtherDevice };
  /** An array of samples; field paths and the time then start at its elements. */
  readonly samples?: string;
  readonly fields: readonly JsonField[];
  /** Numbers and booleans that no field names: dropped, or made readings named by their path. Default `ignore`. */
  readonly others?: "ignore" | "readings";
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

export interface RawBinaryProfile extends ProfileCommon {
  readonly format: "raw-binary";
  readonly layout: FrameLayout;
  /**
   * Where repeated samples (without a repeat: the numeric fields) go. Default: `frames` and `readings` where the
   * layout declares a rate of 10 Hz or more, else `readings`. Header fields always become readings.
   */
  readonly tables?: readonly ("frames" | "readings")[];
}

export type Profile = JsonProfile | SenmlProfile | CayenneLppProfile | RawBinaryProfile;

/** Which profile decodes the messages of which devices. The first binding that matches wins. */
export interface Binding {
  /** Glob on the device id: `*` stands for any characters, `?` for one. */
  readonly devices: string;
  /** Glob on the channel, in which `*` may also stand for `/`. Default `telemetry*`. */
  readonly channel?: string | undefined;
  /** Name of a profile. */
  readonly profile: string;
}
