/** No property of any resource holds a plain address. */
import type { Rule } from "../../kit/rule.ts";
import { type Value, isArray, isObject } from "../../kit/value.ts";
import { type Check, fail, pass } from "../../kit/verdict.ts";

/** Names in documents, not places that data is sent to. */
const namesOnly =
  /^http:\/\/(acs\.amazonaws\.com|([\w-]+\.)*json-schema\.org|([\w-]+\.)*w3\.org|schemas\.|localhost|127\.|\[::1\])/i;
const plain = /^(http|ftp|mqtt|amqp|redis|ws|ldap|telnet|nats|kafka\+plaintext):\/\//i;
const saysNothing =
  /^(description|tags|tagsAll|comment|notes|.*[oO]rigins?|displayName|label|.*[dD]ocumentation.*)$/;
/** Every text with the path to it; documents in text are not opened: other rules read them. */
function* textsOf(value: Value, path: string): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (isArray(value))
    for (const [index, item] of value.entries()) yield* textsOf(item, `${path}[${index}]`);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value))
      if (!saysNothing.test(key)) yield* textsOf(item, path === "" ? key : `${path}.${key}`);
}
function plainAddresses(inputs: Value): readonly Check[] {
  const found = [...textsOf(inputs, "")].filter(([, text]) => plain.test(text) && !namesOnly.test(text));
  return found.length === 0
    ? [pass("", "no plain address")]
    : found.map(([path, text]) =>
        fail(path, `the plain address ${text.split("://")[0]}://…`, "an address with TLS"),
      );
}

export const addressRules: readonly Rule[] = [
  {
    id: "pack-forbid-plain-addresses",
    theme: "tls-in-transit",
    description: "No property names an address that is reached without TLS",
    severity: "high",
    types: ["aws:*", "azure-native:*"],
    controls: ["NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "Whoever is on the way could read and change what travels.",
    fix: "use the address with TLS: https, mqtts, amqps, rediss, wss",
    concerns: (view) => plainAddresses(view.resource.inputs).some(({ outcome }) => outcome === "fail"),
    check: (view) => plainAddresses(view.resource.inputs),
    example: { violation: 'endpoint: "mqtt://broker:1883"', fixed: 'endpoint: "mqtts://broker:8883"' },
  },
];
