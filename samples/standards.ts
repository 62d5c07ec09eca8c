/**
 * The worked examples of the standards, written out with their source. The samples send them with the time moved
 * to that of the sample fleet: their own, 2010 and 2011, lies outside the window in which a live clock is believed.
 */
import type { SenmlPack } from "./senml.ts";

/**
 * RFC 8428, section 5.1.2, the second example: a current over the last six seconds. The last time, 0, is written out
 * as in the CBOR of section 6; in JSON it is left out there.
 */
export const voltageAndCurrent: SenmlPack = [
  {
    bn: "urn:dev:ow:10e2073a0108006:",
    bt: 1276020076.001,
    bu: "A",
    bver: 5,
    n: "voltage",
    u: "V",
    v: 120.1,
  },
  { n: "current", t: -5, v: 1.2 },
  { n: "current", t: -4, v: 1.3 },
  { n: "current", t: -3, v: 1.4 },
  { n: "current", t: -2, v: 1.5 },
  { n: "current", t: -1, v: 1.6 },
  { n: "current", t: 0, v: 1.7 },
];

/** RFC 8428, section 6: {@link voltageAndCurrent} in CBOR, as its hexadecimal dump gives it. */
export const voltageAndCurrentCbor =
  "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a" +
  "22fb41d303a15b00106223614120050067766f6c7461676501615602fb405e06" +
  "6666666666a3006763757272656e74062402fb3ff3333333333333a300676375" +
  "7272656e74062302fb3ff4cccccccccccda3006763757272656e74062202fb3f" +
  "f6666666666666a3006763757272656e74062102f93e00a3006763757272656e" +
  "74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb333333" +
  "333333";

/** RFC 8428, section 5.1.2, the third example: relative humidity every ten seconds. */
export const humiditySeries: SenmlPack = [
  { bn: "urn:dev:ow:10e2073a01080063", bt: 1320067464, bu: "%RH", v: 21.2 },
  { t: 10, v: 21.3 },
  { t: 20, v: 21.4 },
  { t: 30, v: 21.4 },
  { t: 40, v: 21.5 },
  { t: 50, v: 21.5 },
  { t: 60, v: 21.5 },
  { t: 70, v: 21.6 },
  { t: 80, v: 21.7 },
  { t: 90, v: 21.5 },
  { t: 91, v: 21.5 },
  { t: 92, v: 21.5 },
];

/** RFC 8428, section 5.1.5: one pack with a number, a text, a truth value and bytes. */
export const machineRoom: SenmlPack = [
  { bn: "urn:dev:ow:10e2073a01080063:", n: "temp", u: "Cel", v: 23.1 },
  { n: "label", vs: "Machine Room" },
  { n: "open", vb: false },
  { n: "nfv-reader", vd: "aGkgCg" },
];

/** RFC 8428, section 5.1.6: two rooms behind one gateway. */
export const twoRooms: SenmlPack = [
  { bn: "2001:db8::2/", bt: 1320078429, n: "temperature", u: "Cel", v: 25.2 },
  { n: "humidity", u: "%RH", v: 30 },
  { bn: "2001:db8::1/", n: "temperature", u: "Cel", v: 12.3 },
  { n: "humidity", u: "%RH", v: 67 },
];

/** RFC 8428, section 5.1.7, the first example: a thermostat. */
export const thermostat: SenmlPack = [
  { bn: "urn:dev:ow:10e2073a01080063:" },
  { n: "temp", u: "Cel", v: 23.1 },
  { n: "heat", u: "/", v: 1 },
  { n: "fan", u: "/", v: 0 },
];

/** The Cayenne documentation's payload examples (myDevices, docs/LORA.md), in hexadecimal. */
export const cayenneExamples = {
  /** 27.2 and 25.5 degrees Celsius on channels 3 and 5. */
  twoTemperatures: "03670110056700ff",
  /** -4.1 degrees Celsius on channel 1. */
  frost: "0167ffd7",
  /** 1.234, -1.234 and 0 g on channel 6. */
  acceleration: "067104d2fb2e0000",
  /** 42.3519 N, 87.9094 W, 10 m on channel 1. */
  position: "018806765ff2960a0003e8",
} as const;
