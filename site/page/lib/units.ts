/** SenML and IANA unit symbols (RFC 8428, 12.1; RFC 8798) as people write them. Pure: no document. */
const written: Readonly<Record<string, string>> = {
  Cel: "°C",
  "%RH": "% RH",
  "m/s2": "m/s²",
  m2: "m²",
  m3: "m³",
  "kg/m3": "kg/m³",
  "W/m2": "W/m²",
  lm: "lm",
  Ohm: "Ω",
  deg: "°",
  lat: "° lat",
  lon: "° lon",
  "1/min": "/min",
  "beat/min": "bpm",
  beats: "beats",
  "/": "",
};

export const unitText = (unit: string | null): string => (unit === null ? "" : (written[unit] ?? unit));
