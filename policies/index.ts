/** The pack. Constructing it starts the analyzer's server, so nothing else may import this file. */
import { PolicyPack } from "@pulumi/policy";
import { toPolicies } from "./kit/crossguard.ts";
import { rules } from "./rules/index.ts";

new PolicyPack("fieldlake", { policies: toPolicies(rules) });
