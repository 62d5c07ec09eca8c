/**
 * Payload codec of the soil sensor, by LoRa Alliance TS013. Written for Fieldlake; plain ECMAScript 5.1, so that every
 * network server can run it.
 *
 * Port 2, measurement: u8 version (1), u16 battery in mV, then 4 bytes a depth: u16 water content in 0.01 %,
 * i16 temperature in 0.01 °C; big-endian. 0x7fff is a temperature that was not read.
 * Port 3, start: u8 major, u8 minor, u8 patch of the firmware.
 */
var ports = { MEASUREMENT: 2, START: 3 };

function unsigned(bytes, at) {
  return (bytes[at] << 8) | bytes[at + 1];
}

function signed(bytes, at) {
  var raw = unsigned(bytes, at);
  return raw & 0x8000 ? raw - 0x10000 : raw;
}

function measurement(bytes) {
  if (bytes[0] !== 1) return { errors: ["version " + bytes[0] + " is not known"] };
  if (bytes.length < 7 || (bytes.length - 3) % 4 !== 0)
    return { errors: ["length of " + bytes.length + " bytes"] };
  var warnings = [];
  var voltage = unsigned(bytes, 1) / 1000;
  if (voltage < 2.4) warnings.push("battery is low");
  var depths = [];
  for (var at = 3; at < bytes.length; at += 4) {
    var raw = signed(bytes, at + 2);
    depths.push({ moisture: unsigned(bytes, at) / 100, temperature: raw === 0x7fff ? null : raw / 100 });
  }
  return { data: { battery: { voltage: voltage }, depths: depths }, warnings: warnings };
}

function decodeUplink(input) {
  switch (input.fPort) {
    case ports.MEASUREMENT:
      return measurement(input.bytes);
    case ports.START:
      return { data: { firmware: input.bytes.slice(0, 3).join(".") } };
    default:
      return { errors: ["port " + input.fPort + " is not known"] };
  }
}
