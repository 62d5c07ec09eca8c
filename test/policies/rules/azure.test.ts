/** Rules about Azure, each by its cases. */
import { cases } from "../cases/index.ts";
import { describeRules } from "../support/cases.ts";

describeRules(/^azure-/, cases);
