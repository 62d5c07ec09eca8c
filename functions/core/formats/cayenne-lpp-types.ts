/**
 * The types of Cayenne LPP. 0-3, 101-104, 113, 115, 134, 136: myDevices, "Cayenne Low Power Payload"; type number =
 * IPSO object id - 3200. The others: the extended set of the ElectronicCats and ChirpStack implementations.
 * Everything is big-endian.
 */

/** How the bytes of a value are laid out. */
export interface LppType {
  readonly type: number;
  /** Metric where the profile states none; its parts are named behind it. */
  readonly name: string;
  readonly size: number;
  readonly signed: boolean;
  /** Value = raw / divisor, in `unit`. */
  readonly divisor: number;
  /** SenML symbol of the unit that values are stored in; null where the type states none. */
  readonly unit: string | null;
  /** Whether the value is a count, code or switch, which is stored as an integer. */
  readonly whole: boolean;
}

const scalar = (
  type: number,
  name: string,
  size: number,
  signed: boolean,
  divisor: number,
  unit: string | null,
  whole = false,
): LppType => ({ type, name, size, signed, divisor, unit, whole });

/** Types with one number. */
export const lppScalars: readonly LppType[] = [
  scalar(0, "digital_input", 1, false, 1, null, true),
  scalar(1, "digital_output", 1, false, 1, null, true),
  scalar(2, "analog_input", 2, true, 100, null),
  scalar(3, "analog_output", 2, true, 100, null),
  scalar(100, "generic", 4, false, 1, null, true),
  scalar(101, "illuminance", 2, false, 1, "lx"),
  scalar(102, "presence", 1, false, 1, null, true),
  scalar(103, "temperature", 2, true, 10, "Cel"),
  scalar(104, "humidity", 1, false, 2, "%RH"),
  scalar(115, "barometer", 2, false, 10, "hPa"),
  scalar(116, "voltage", 2, false, 100, "V"),
  scalar(117, "current", 2, false, 1000, "A"),
  scalar(118, "frequency", 4, false, 1, "Hz"),
  scalar(120, "percentage", 1, false, 1, "/100"),
  scalar(121, "altitude", 2, true, 1, "m"),
  scalar(125, "concentration", 2, false, 1, "ppm"),
  scalar(128, "power", 2, false, 1, "W"),
  scalar(130, "distance", 4, false, 1000, "m"),
  scalar(131, "energy", 4, false, 1000, "kWh"),
  scalar(132, "direction", 2, false, 1, "deg"),
  scalar(133, "unix_time", 4, false, 1, null, true),
  scalar(142, "switch", 1, false, 1, null, true),
];

/** Types with several numbers. */
export const lppType = {
  accelerometer: 113,
  unixTime: 133,
  gyrometer: 134,
  colour: 135,
  gps: 136,
  polyline: 240,
} as const;
