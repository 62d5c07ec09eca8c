/** Private keys stand nowhere in clear text. */
import { keysIn } from "../../kit/private-keys.ts";
import type { Rule } from "../../kit/rule.ts";
import type { Resource } from "../../kit/graph.ts";
import { isWhole, sealed, type Value } from "../../kit/value.ts";
import { fail, pass, undetermined, type Check } from "../../kit/verdict.ts";

const stack = "pulumi:pulumi:Stack";
const known = new WeakMap<Resource, readonly string[]>();

/** Asked of every resource by two questions: looked for once. */
function clearKeys(resource: Resource): readonly string[] {
  let paths = known.get(resource);
  if (paths === undefined) {
    paths = [...new Set([...keysIn(resource.outputs), ...keysIn(resource.inputs)])];
    known.set(resource, paths);
  }
  return paths;
}

const isOpen = (value: Value): boolean => value !== sealed && !isWhole(value);

export const sealedKeyRules: readonly Rule[] = [
  {
    id: "pack-seal-private-keys",
    theme: "device-identity",
    description:
      "No private key and no account key stands in clear text in what a stack or a resource gives out",
    severity: "critical",
    types: ["*"],
    controls: ["NIST SP 800-53 SC-12", "NIST SP 800-53 IA-5(7)", "NIST SP 800-57 Part 1"],
    why: "Whoever reads the state, or the log of an update, is then that device, server or account.",
    fix: "give the key out as pulumi.secret(…), or not at all; never through pulumi.unsecret; in a component name it in additionalSecretOutputs",
    // A policy of the engine sees a sealed output as it sees a clear one: only previews and exported state tell them apart.
    concerns: ({ resource }, { graph }) =>
      graph.showsSecrets &&
      (resource.type === stack ? Object.keys(resource.outputs).length > 0 : clearKeys(resource).length > 0),
    check: ({ resource }): readonly Check[] => {
      const keys = clearKeys(resource);
      if (keys.length > 0) return keys.map((path) => fail(path, "a private key in clear text", "a secret"));
      const open = Object.entries(resource.outputs).filter(([, value]) => isOpen(value));
      return open.length > 0
        ? open.map(([path]) => undetermined(path))
        : [pass("outputs", `${Object.keys(resource.outputs).length}, no key in clear text`)];
    },
    example: {
      violation: "export const key = pulumi.unsecret(device.privateKeyPem)",
      fixed: "export const key = device.privateKeyPem",
    },
  },
];
