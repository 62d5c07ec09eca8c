/** The local console speaks TLS to everybody but this machine. */
import type { Rule } from "../../../kit/rule.ts";
import { anyOf } from "../../../kit/verdict.ts";
import { isCertificate } from "./support/certificate.ts";

const loopback = /^(127(\.\d+){3}|::1|localhost)$/;

export const localConsoleTlsRules: readonly Rule[] = [
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
        [console.test("settings.tls.certificate", isCertificate, "a certificate and its key")],
      ),
    example: {
      violation: 'settings: { host: "0.0.0.0", tls: null }',
      fixed: 'settings: { host: "0.0.0.0", tls: { certificate, key } }',
    },
  },
];
