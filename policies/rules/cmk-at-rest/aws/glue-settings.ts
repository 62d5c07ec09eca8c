/** A catalog of Fieldlake has the settings that encrypt it. */
import type { Rule } from "../../../kit/rule.ts";
import { fail, pass, undetermined } from "../../../kit/verdict.ts";
import { isOurs } from "../../support/ours.ts";

const settings = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";

export const awsGlueSettingsRules: readonly Rule[] = [
  {
    id: "aws-glue-keep-settings",
    theme: "cmk-at-rest",
    description: "Where Fieldlake makes a catalog, the settings that encrypt it are made beside it",
    severity: "high",
    types: ["aws:glue/catalogDatabase:CatalogDatabase"],
    reads: [settings],
    controls: ["CKV_AWS_94", "NIST SP 800-53 SC-28(1)"],
    why: "The catalog of an account and region is plain until its settings say otherwise.",
    fix: "add an aws.glue.DataCatalogEncryptionSettings with the customer's key, or name an exception where another stack of the region has it",
    concerns: (view, context) => isOurs(view, context) && !context.isUnprotected(view.resource),
    check: (_, { graph }) => {
      if (graph.ofTypes([settings]).length > 0) return [pass("", "with encryption settings")];
      return [
        graph.isPartial
          ? undetermined("", "waiting for encryption settings")
          : fail("", "without DataCatalogEncryptionSettings"),
      ];
    },
    example: {
      violation: "no DataCatalogEncryptionSettings",
      fixed: 'encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: key.arn }',
    },
  },
];
