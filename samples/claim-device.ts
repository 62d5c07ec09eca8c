/**
 * One device that comes with a claim, from a shell:
 *
 *     pulumi stack output connection --json > connection.json
 *     FIELDLAKE_BOOTSTRAP_TOKEN=… node samples/claim-device.ts press-1 --connection connection.json --claim claim
 *
 * reads claim.pem and claim.key, and writes press-1.key (0600) and press-1.pem. Run again, it asks with the same key.
 */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ClaimError, provisionByClaim, type ClaimPlace } from "./claim.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connection: { type: "string", default: "connection.json" },
    claim: { type: "string", default: "claim" },
  },
});
const [deviceId] = positionals;
const token = process.env["FIELDLAKE_BOOTSTRAP_TOKEN"];

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

if (deviceId === undefined) fail("the device's id: received nothing; allowed: the one that the token is for");
if (token === undefined || token === "") {
  fail("FIELDLAKE_BOOTSTRAP_TOKEN: received nothing; allowed: a token of npx fieldlake fleet token");
}
const place = JSON.parse(readFileSync(values.connection, "utf8")) as ClaimPlace;
if ((place.claim ?? null) === null) {
  fail(`${values.connection}: it has no claim; set fieldlake:aws.enrolment.claim (docs/fleet.md), and up`);
}
const keyFile = `${deviceId}.key`;
if (!existsSync(keyFile)) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(keyFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
}
const claim = {
  certificate: readFileSync(`${values.claim}.pem`, "utf8"),
  privateKey: readFileSync(`${values.claim}.key`, "utf8"),
};
try {
  const device = { deviceId, token, privateKey: readFileSync(keyFile, "utf8") };
  const { certificate } = await provisionByClaim(place, claim, device);
  writeFileSync(`${deviceId}.pem`, certificate);
  console.log(`${deviceId}: ${deviceId}.pem, for the key in ${keyFile}`);
} catch (error) {
  if (error instanceof ClaimError) fail(error.message);
  throw error;
}
