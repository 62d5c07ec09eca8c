/**
 * Runs a policy pack by the Pulumi SDK that the pack's own folder resolves to. The engine recognises Node's
 * "Cannot find module" message and tells the user to install the pack's dependencies.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const fromPack = createRequire(join(process.cwd(), "PulumiPolicy.yaml"));
try {
  fromPack("@pulumi/pulumi/cmd/run-policy-pack");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
