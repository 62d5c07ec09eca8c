/** Services that know passwords or keys beside the directory are asked to do without. */
import { isOneOf, isTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

const identity = ["MCSB IM-1", "NIST SP 800-53 IA-2"];
/** Where an output has its source; an input has it one level below. */
const placeOf = (view: View): string =>
  view.resource.type.endsWith(":Input") ? "properties.datasource" : "datasource";
/** Functions and Kafka have ways of their own. */
const others = /Function|Kafka|Raw/i;

export const azureDirectoryOnlyRules: readonly Rule[] = [
  {
    id: "azure-sql-forbid-passwords",
    theme: "least-privilege",
    description: "Nobody signs in to a SQL server by a password of its own",
    severity: "high",
    types: ["azure-native:sql:Server"],
    controls: ["CKV2_AZURE_27", "abda6d70", ...identity],
    why: "A password is shared, and known to no directory that could take it away.",
    fix: "set administrators.azureADOnlyAuthentication to true",
    check: isTrue("administrators.azureADOnlyAuthentication"),
    example: {
      violation: 'administratorLogin: "sa"',
      fixed: "administrators: { azureADOnlyAuthentication: true, login, sid }",
    },
  },
  {
    id: "azure-streamanalytics-require-identity",
    theme: "least-privilege",
    description: "A streaming job reads and writes as itself, without keys",
    severity: "medium",
    types: ["azure-native:streamanalytics:Output", "azure-native:streamanalytics:Input"],
    controls: ["ea6c4923", ...identity],
    why: "A key names nobody, opens everything, and lives until somebody changes it.",
    fix: 'set datasource.authenticationMode to "Msi"',
    concerns: (view) =>
      !isAbsent(view.value(placeOf(view))) && !others.test(String(view.value(`${placeOf(view)}.type`))),
    check: (view, context) => isOneOf(`${placeOf(view)}.authenticationMode`, ["Msi"])(view, context),
    example: { violation: 'authenticationMode: "ConnectionString"', fixed: 'authenticationMode: "Msi"' },
  },
];
