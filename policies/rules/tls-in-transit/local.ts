import type { Rule } from "../../kit/rule.ts";
import { isObject, type Value } from "../../kit/value.ts";
import { anyOf } from "../../kit/verdict.ts";

const loopback = /^(127\.|::1$|localhost$)/;

export const localTlsRules: readonly Rule[] = [
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
  {
    id: "local-console-require-tls-beyond-loopback",
    theme: "tls-in-transit",
    description: "The page leaves the machine only over TLS",
    severity: "high",
    types: ["fieldlake:local:Console"],
    controls: ["NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "The page shows measurements and takes an access token.",
    fix: "set fieldlake:local.consoleHost to 127.0.0.1, or give the console a certificate in settings.tls",
    check: (console) =>
      anyOf(
        [
          console.test(
            "settings.host",
            (host) => typeof host === "string" && loopback.test(host),
            "a loopback address",
          ),
        ],
        [console.test("settings.tls", isObject, "a certificate and its key")],
      ),
    example: {
      violation: 'settings: { host: "0.0.0.0", tls: null }',
      fixed: 'settings: { host: "0.0.0.0", tls: { certificate, key } }',
    },
  },
];

function isCertificate(value: Value): boolean {
  return typeof value === "string" && value.startsWith("-----BEGIN CERTIFICATE-----");
}
