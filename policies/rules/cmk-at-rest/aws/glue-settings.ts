/** A catalog of Fieldlake has the settings that encrypt it. */
import { ancestorOf } from "../../../kit/ancestors.ts";
import type { Rule } from "../../../kit/rule.ts";
import { fail, pass, undetermined } from "../../../kit/verdict.ts";
import { isOurs } from "../../support/ours.ts";

const settings = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";

/** The settings are one for an account and region: of its stacks only the one that is told to has them. */
const isKeptElsewhere: NonNullable<Rule["unsupported"]> = (view, context) =>
  ancestorOf(view, context, "fieldlake:aws:EncryptedLake")?.value("catalogKey") === false
    ? {
        reason:
          "catalogue encryption is one setting of the whole account and region, which another stack may have: it is not changed unasked",
        compensatingControl:
          "the catalogue holds table definitions, no measurement; set fieldlake:aws.catalogKey to true in one stack of the region",
      }
    : null;

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
    fix: "add an aws.glue.DataCatalogEncryptionSettings with the customer's key, or set fieldlake:aws.catalogKey to false where another stack of the region has it",
    unsupported: isKeptElsewhere,
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
