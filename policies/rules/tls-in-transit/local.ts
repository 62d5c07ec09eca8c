import { at, each, unknown, type Rule } from "../../kit.ts";

const loopback = /^(127\.|::1$|localhost$)/;

export const localTlsRules: readonly Rule[] = [
  {
    id: "local-broker-require-client-certificate",
    description: "The broker names the authorities whose device certificates it accepts",
    controls: ["NIST SP 800-53 SC-8", "NIST SP 800-53 IA-3", "ETSI EN 303 645 5.5-1"],
    why: "Without a trust anchor nobody can tell a device from an impostor.",
    fix: "give SecureIngest the DeviceFleet whose intermediate signs the devices",
    check: (resources) =>
      each(resources, "fieldlake:local:Broker", ["settings", "clientTrust"], isCertificate),
  },
  {
    id: "local-broker-require-server-certificate",
    description: "The broker serves TLS with a certificate of the fleet",
    controls: ["NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "A device must be sure of the server before it sends anything.",
    fix: "give SecureIngest the DeviceFleet that makes the server certificate",
    check: (resources) =>
      each(resources, "fieldlake:local:Broker", ["settings", "serverCertificate"], isCertificate),
  },
  {
    id: "local-console-require-tls-beyond-loopback",
    description: "The page leaves the machine only over TLS",
    controls: ["NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "The page shows measurements and takes an access token.",
    fix: "set fieldlake:local.consoleHost to 127.0.0.1, or give the console a certificate in settings.tls",
    check: (resources) =>
      each(resources, "fieldlake:local:Console", ["settings", "tls"], (tls, console) => {
        const host = at(console, "settings", "host");
        return (
          host === unknown ||
          (typeof host === "string" && loopback.test(host)) ||
          (typeof tls === "object" && tls !== null)
        );
      }),
  },
];

function isCertificate(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("-----BEGIN CERTIFICATE-----");
}
