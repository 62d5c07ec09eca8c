/** IoT endpoints speak new TLS only. */
import { all, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { hasTls, tlsVersions } from "../../../kit/tls-versions.ts";

const domain = "aws:iot/domainConfiguration:DomainConfiguration";

export const awsIotDomainTlsRules: readonly Rule[] = [
  {
    id: "aws-iot-require-tls",
    theme: "tls-in-transit",
    description: "Devices connect under TLS 1.2 or later, by a protocol that has it",
    severity: "high",
    types: [domain],
    controls: ["NIST SP 800-53 SC-8", "NIST SP 800-52", "ETSI EN 303 645 5.5-1"],
    why: "Older domains offer TLS 1.0, whose weaknesses are known.",
    fix: 'set tlsConfig.securityPolicy to "IoTSecurityPolicy_TLS13_1_2_2022_10" and applicationProtocol to "SECURE_MQTT"',
    check: all(
      hasTls("tlsConfig.securityPolicy", tlsVersions.iot),
      isOneOf("applicationProtocol", ["SECURE_MQTT", "MQTT_WSS", "HTTPS"]),
    ),
    example: {
      violation: 'securityPolicy: "IoTSecurityPolicy_TLS12_1_0_2016_01"',
      fixed: 'securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10"',
    },
  },
];
