/**
 * The unit symbols a row may carry: IANA's registry "Sensor Measurement Lists (SenML)", tables "SenML Units"
 * and "Secondary Units" (RFC 8428 section 12.1, RFC 8798, later expert-reviewed additions).
 * An unknown symbol is stored as sent and reported as a warning: dropping it would lose what the sender said.
 */

const primary =
  "m kg g s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3 l m/s m/s2 m3/s l/s " +
  "W/m2 cd/m2 bit bit/s lat lon pH dB dBW Bspl count / % %RH %EL EL 1/s 1/min beat/min beats S/m " +
  "B VA VAs var vars J/m kg/m3 deg NTU";

const secondary =
  "ms min h MHz kW kVA kvar Ah Wh kWh varh kvarh kVAh Wh/km KiB GB Mbit/s B/s MB/s mV mA dBm ug/m3 mm/h m/h " +
  "ppm /100 /1000 hPa mm cm km km/h ppb ppt VAh mg/l ug/l g/l";

/**
 * Not registered, but without a registered equivalent: angular velocity (the registry has none),
 * and OMA's additional unit for LwM2M.
 */
const additional = "rad/s deg/s Ws";

const known = new Set(`${primary} ${secondary} ${additional}`.split(" "));

/** Whether a symbol is registered (or one of the few additional ones). Symbols are case-sensitive. */
export function isKnownUnit(symbol: string): boolean {
  return known.has(symbol);
}

const integrals: ReadonlyMap<string, string> = new Map([
  ["W", "J"],
  ["A", "C"],
  ["VA", "VAs"],
  ["var", "vars"],
  ["m/s", "m"],
  ["m/s2", "m/s"],
  ["m3/s", "m3"],
  ["l/s", "l"],
  ["bit/s", "bit"],
  ["1/s", "count"],
  ["N", "N.s"],
]);

/**
 * Unit of a SenML sum: the unit of the value times seconds (RFC 8428 section 4.2), as the registered symbol
 * of the integrated quantity where there is one.
 */
export function integratedUnit(unit: string | null): string | null {
  if (unit === null) return null;
  return integrals.get(unit) ?? `${unit}.s`;
}

/** Standard gravity, exact by definition (CGPM 1901): formats that count in g are stored in m/s2. */
export const standardGravity = 9.80665;
