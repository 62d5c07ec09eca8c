/** TLS in transit, local: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { localBrokerTlsRules } from "./broker.ts";
import { localConsoleTlsRules } from "./console.ts";

export const localTlsRules: readonly Rule[] = [...localConsoleTlsRules, ...localBrokerTlsRules];
