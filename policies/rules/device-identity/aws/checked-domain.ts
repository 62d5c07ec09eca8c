/** An IoT endpoint that asks before it lets a certificate in: what the provider's own class can't say, by the Cloud Control API. */
import type { Rule } from "../../../kit/rule.ts";
import { tlsVersions } from "../../../kit/tls-versions.ts";
import { isObject, unknown } from "../../../kit/value.ts";
import { type Check, fail, pass, undetermined } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import { desiredState } from "./support/desired-state.ts";

/** May be made so, because this rule sees what is in it. */
export const checkedDomain = "AWS::IoT::DomainConfiguration";

const property = "desiredState";

function checks(view: View, securityPolicies: readonly string[]): readonly Check[] {
  const text = view.value(property);
  if (text === unknown) return [undetermined(property)];
  const state = desiredState(text);
  if (state === null) return [fail(property, "not a JSON object", "the state as JSON")];
  const tls = state["TlsConfig"];
  const policy = isObject(tls) ? String(tls["SecurityPolicy"]) : "absent";
  const expected = { AuthenticationType: "AWS_X509", ApplicationProtocol: "SECURE_MQTT" };
  return [
    ...Object.entries(expected).map(([name, wanted]) =>
      state[name] === wanted
        ? pass(`${property}.${name}`, wanted)
        : fail(`${property}.${name}`, String(state[name]), `"${wanted}"`),
    ),
    state["AuthorizerConfig"] === undefined
      ? pass(`${property}.AuthorizerConfig`, "absent")
      : fail(`${property}.AuthorizerConfig`, "present", "absent"),
    securityPolicies.includes(policy)
      ? pass(`${property}.TlsConfig.SecurityPolicy`, policy)
      : fail(`${property}.TlsConfig.SecurityPolicy`, policy, "a policy of TLS 1.2 or later"),
  ];
}

export const awsCheckedDomainIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-checked-domain",
    theme: "device-identity",
    description:
      "An IoT endpoint made by the Cloud Control API takes X.509 certificates only, under TLS 1.2 or later",
    severity: "high",
    types: ["aws:cloudcontrol/resource:Resource"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "What that API makes is text to the other rules.",
    fix: 'set AuthenticationType to "AWS_X509", ApplicationProtocol to "SECURE_MQTT", TlsConfig.SecurityPolicy to "IoTSecurityPolicy_TLS13_1_2_2022_10" and leave AuthorizerConfig out',
    concerns: (view) => view.value("typeName") === checkedDomain,
    check: (view, { settings }) => checks(view, tlsVersions.iot[settings.minimumTlsVersion]),
    example: {
      violation: 'AuthenticationType: "CUSTOM_AUTH"',
      fixed: 'AuthenticationType: "AWS_X509"',
    },
  },
];
