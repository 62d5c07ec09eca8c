/** The pack. Constructing it starts the analyzer's server, so nothing else may import this file. */
import { PolicyPack } from "@pulumi/policy";
import { toPolicy } from "./kit.ts";
import { rules } from "./rules/index.ts";

new PolicyPack("fieldlake", { policies: rules.map(toPolicy) });
