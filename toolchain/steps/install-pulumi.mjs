/**
 * Runs the official installer: `node install-pulumi.mjs <folder>`, for the CLI version of the installed SDK. It is
 * a process of its own so that it can be ended with everything it started, and because the SDK wants a newer Node
 * than the toolchain itself.
 */
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const [root] = process.argv.slice(2);
if (!root) throw new Error("usage: install-pulumi.mjs <folder>");
await PulumiCommand.install({ root });
