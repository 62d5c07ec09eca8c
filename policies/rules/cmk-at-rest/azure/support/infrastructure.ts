/** Encrypting twice, as several services offer it. */
import { isTrue } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";

const controls = ["MCSB DP-4", "NIST SP 800-53 SC-28(1)"];
export const twice = "One broken layer of encryption would open the data.";
export const infrastructure = (
  service: string,
  what: string,
  type: string,
  ids: readonly string[],
  path = "encryption.requireInfrastructureEncryption",
): Rule => ({
  id: `azure-${service}-require-double-encryption`,
  theme: "cmk-at-rest",
  description: `${what} is encrypted twice, by service and by infrastructure`,
  severity: "low",
  types: [type],
  controls: [...ids, ...controls],
  why: twice,
  fix: `set ${path} to true when it is made`,
  check: isTrue(path),
  example: {
    violation: `no ${path.split(".").at(-1) ?? path}`,
    fixed: `${path.split(".").at(-1) ?? path}: true`,
  },
});
