/** Settings of apps that hold a secret in plain text. */
import { type Value, unknown } from "../../../../kit/value.ts";
import { fail, pass, undetermined } from "../../../../kit/verdict.ts";
import type { View } from "../../../../kit/view.ts";

/** What app settings hold in plain text although it opens something. */
const opens =
  /(AccountKey|SharedAccessKey|Password|Pwd|ClientSecret)\s*=\s*[^;\s]|-----BEGIN [A-Z ]*PRIVATE KEY/i;
const secretName = /secret|passw|token|private.?key|api.?key|connection_?string/i;
/** Names of settings that open nothing although they sound so: telemetry is taken from identities only. */
const harmless = /^APPLICATIONINSIGHTS_CONNECTION_STRING$/;
const isReference = (value: Value): boolean =>
  typeof value !== "string" || value.startsWith("@Microsoft.KeyVault(") || value === "";
const soundsSecret = (name: string): boolean =>
  secretName.test(name) && !/__|uri$|url$/i.test(name) && !harmless.test(name);
export function settingCheck(setting: View) {
  const name = String(setting.value("name"));
  const value = setting.value("value");
  const property = setting.path("value");
  if (value === unknown) return soundsSecret(name) ? undetermined(property) : pass(property, "not known yet");
  const isPlain =
    (typeof value === "string" && opens.test(value)) || (soundsSecret(name) && !isReference(value));
  return isPlain
    ? fail(property, `what "${name}" holds in plain text`, "a Key Vault reference, or an identity")
    : pass(property, name);
}
