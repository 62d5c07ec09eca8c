/** No property of any resource holds a plain address. */
import type { Rule } from "../../kit/rule.ts";
import { textsOf } from "../../kit/texts.ts";
import type { Properties } from "../../kit/value.ts";
import { type Check, fail, pass } from "../../kit/verdict.ts";

/** Names in documents, not places that data is sent to. */
const namesOnly =
  /^http:\/\/(acs\.amazonaws\.com|([\w-]+\.)*json-schema\.org|([\w-]+\.)*w3\.org|schemas\.|localhost|127\.|\[::1\])/i;
const plain = /^(http|ftp|mqtt|amqp|redis|ws|ldap|telnet|nats|kafka\+plaintext):\/\//i;
const saysNothing =
  /^(description|tags|tagsAll|comment|notes|.*[oO]rigins?|displayName|label|.*[dD]ocumentation.*)$/;
const isSaid = (path: string): boolean => !path.split(/[.[]/).some((step) => saysNothing.test(step));

// Documents in text are not opened: other rules read them.
function plainAddresses(inputs: Properties): readonly Check[] {
  const found = textsOf(inputs).filter(
    ({ path, text, isKey }) => !isKey && plain.test(text) && !namesOnly.test(text) && isSaid(path),
  );
  return found.length === 0
    ? [pass("", "no plain address")]
    : found.map(({ path, text }) =>
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
