/** Ports that are open to the internet. */
import { everywhere } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { type Value, listed, shown, unknown } from "../../../kit/value.ts";
import { type Check, fail, pass, undetermined } from "../../../kit/verdict.ts";
import { isFrozen, type View } from "../../../kit/view.ts";

/** So few bits that nobody owns the network: `0.0.0.0/1` and its other half are everybody too. */
const everywhereOnEarth = (block: Value): boolean => typeof block === "string" && /\/[0-7]$/.test(block);
/** HTTPS and MQTT over TLS; 80 only to be sent to HTTPS. */
const openPorts = [80, 443, 8443, 8883];
/** Ingress from everywhere, given as a rule of its own or within a group. */
function opens(rule: View, blocks: readonly string[]): Check {
  const property = rule.path("fromPort");
  const frozen = blocks.find((path) => isFrozen(rule.resource, rule.path(path)));
  if (frozen !== undefined) return rule.test(frozen, () => false, "what the program says");
  const values = listed(...blocks.map((path) => rule.value(path)));
  const [from, to]: [Value, Value] = [rule.value("fromPort"), rule.value("toPort")];
  const allowed = `ports ${openPorts.join(", ")}, or named networks`;
  const protocol = listed(rule.value("protocol"), rule.value("ipProtocol"))[0];
  // Of all protocols AWS takes no ports: those that are written mean nothing.
  const isEveryPort = protocol === -1 || /^(-1|all)$/i.test(typeof protocol === "string" ? protocol : "");
  if (!isEveryPort && from === to && openPorts.some((port) => port === from))
    return rule.test("fromPort", () => true);
  if (!values.some(everywhereOnEarth))
    return values.includes(unknown) ? undetermined(property) : pass(property, "for named networks");
  if (from === unknown || to === unknown) return undetermined(property);
  return fail(property, `${shown(from)} to ${shown(to)} for everybody`, allowed);
}
const ingress = (
  types: string,
  place: string,
  blocks: readonly string[],
  only: (view: View) => boolean,
): Rule => ({
  id: `aws-ec2-forbid-open-${types}`,
  theme: "data-protection",
  description: "Nothing but HTTPS and MQTT over TLS is open to the whole internet",
  severity: "high",
  types: [
    types === "group"
      ? "aws:ec2/securityGroup:SecurityGroup"
      : types === "rule"
        ? "aws:ec2/securityGroupRule:SecurityGroupRule"
        : "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ],
  controls: [
    "CKV_AWS_24",
    "CKV_AWS_25",
    "CKV_AWS_260",
    "EC2.13",
    "EC2.18",
    "AWS-0107",
    "NIST SP 800-53 SC-7",
  ],
  why: "Databases, brokers and consoles that everybody reaches are tried by everybody.",
  fix: `name the networks in ${blocks.join(", ")}, or let load balancers and private endpoints in only`,
  concerns: only,
  check: everywhere(place, (view, path) => opens(path === "" ? view : view.part(path), blocks)),
  example: {
    violation: 'fromPort: 1883, cidrBlocks: ["0.0.0.0/0"]',
    fixed: 'fromPort: 8883, toPort: 8883, cidrBlocks: ["0.0.0.0/0"]',
  },
});

export const awsIngressProtectionRules: readonly Rule[] = [
  ingress("group", "ingress[]?", ["cidrBlocks", "ipv6CidrBlocks"], () => true),
  ingress("rule", "", ["cidrBlocks", "ipv6CidrBlocks"], (view) => view.value("type") !== "egress"),
  ingress("ingress-rule", "", ["cidrIpv4", "cidrIpv6"], () => true),
];
