/** Rules about everything else, each by its cases: the local target, components, the pack itself. */
import { cases } from "../cases/index.ts";
import { describeRules } from "../support/cases.ts";

describeRules(/^(?!aws-|azure-)/, cases);
