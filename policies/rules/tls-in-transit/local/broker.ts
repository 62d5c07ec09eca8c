/** The local broker speaks TLS with client certificates. */
import type { Rule } from "../../../kit/rule.ts";
import { isCertificate } from "./support/certificate.ts";

export const localBrokerTlsRules: readonly Rule[] = [
  {
    id: "local-broker-require-client-certificate",
    theme: "tls-in-transit",
    description: "The broker names the authorities whose device certificates it accepts",
    severity: "critical",
    types: ["fieldlake:local:Broker"],
    controls: ["NIST SP 800-53 SC-8", "NIST SP 800-53 IA-3", "ETSI EN 303 645 5.5-1"],
    why: "Without a trust anchor nobody can tell a device from an impostor.",
    fix: "give SecureIngest the DeviceFleet whose intermediate signs the devices",
    check: (broker) => [broker.test("settings.clientTrust", isCertificate, "PEM certificates")],
    example: {
      violation: 'settings: { clientTrust: "" }',
      fixed: "settings: { clientTrust: fleet.trustBundle }",
    },
  },
  {
    id: "local-broker-require-server-certificate",
    theme: "tls-in-transit",
    description: "The broker serves TLS with a certificate of the fleet",
    severity: "critical",
    types: ["fieldlake:local:Broker"],
    controls: ["NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "A device must be sure of the server before it sends anything.",
    fix: "give SecureIngest the DeviceFleet that makes the server certificate",
    check: (broker) => [broker.test("settings.serverCertificate", isCertificate, "a PEM certificate")],
    example: {
      violation: 'settings: { serverCertificate: "" }',
      fixed: "settings: { serverCertificate: issuer.serverCertificate }",
    },
  },
];
