import type { Policy } from "@pulumi/aws/iot/policy.js";
import { ProvisioningTemplate } from "@pulumi/aws/iot/provisioningTemplate.js";
import type { ThingGroup } from "@pulumi/aws/iot/thingGroup.js";
import type { ThingType } from "@pulumi/aws/iot/thingType.js";
import type { Role } from "@pulumi/aws/iam/role.js";
import type { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { interpolate, jsonStringify, type CustomResourceOptions } from "@pulumi/pulumi";
import { physicalName } from "../shared/naming.ts";
import type { AwsContext } from "./context.ts";
import { arn, nameRules } from "./names.ts";
import { permit, serviceRole } from "./roles.ts";

/** What every device of the fleet belongs to. */
export interface FleetThings {
  readonly policy: Policy;
  readonly type: ThingType;
  readonly group: ThingGroup;
}

/** What IoT Core makes things as, whichever way they come. */
export interface Provisioner {
  readonly role: Role;
  readonly granted: readonly RolePolicy[];
}

export function createProvisioner(
  name: string,
  fleet: FleetThings,
  context: AwsContext,
  opts: CustomResourceOptions,
): Provisioner {
  const purpose = "registers devices on first connect";
  const role = serviceRole(`${name}-provisioning-role`, context, "iot", purpose, opts);
  return { role, granted: grant(name, role, fleet, context, opts) };
}

/** A template's resources: a thing of the fleet, its certificate, the fleet's policy. @param thingName as a template says it */
export const deviceResources = (
  { policy, type, group }: FleetThings,
  thingName: { readonly Ref: string },
) => ({
  thing: {
    Type: "AWS::IoT::Thing",
    Properties: { ThingName: thingName, ThingTypeName: type.name, ThingGroups: [group.name] },
    // A thing that is there already keeps what was decided about it: a renewed certificate joins it.
    OverrideSettings: {
      AttributePayload: "MERGE",
      ThingTypeName: "DO_NOTHING",
      ThingGroups: "DO_NOTHING",
    },
  },
  certificate: {
    Type: "AWS::IoT::Certificate",
    Properties: { CertificateId: { Ref: "AWS::IoT::Certificate::Id" }, Status: "ACTIVE" },
    // A certificate that was revoked is not brought back.
    OverrideSettings: { Status: "DO_NOTHING" },
  },
  policy: { Type: "AWS::IoT::Policy", Properties: { PolicyName: policy.name } },
});

/**
 * Just-in-time provisioning: on a device's first connection its certificate is registered, becomes a thing named by
 * its CN, and gets the fleet's policy. The template may use only what is in every certificate's subject: the CN
 * (https://docs.aws.amazon.com/iot/latest/developerguide/jit-provisioning.html).
 */
export function createProvisioning(
  name: string,
  environment: string,
  fleet: FleetThings,
  { role, granted }: Provisioner,
  opts: CustomResourceOptions,
): ProvisioningTemplate {
  return new ProvisioningTemplate(
    `${name}-provisioning`,
    {
      name: physicalName(nameRules.provisioningTemplate, environment, "jitp"),
      description: "Fieldlake: a device of the fleet, on its first connection",
      type: "JITP",
      enabled: true,
      provisioningRoleArn: role.arn,
      templateBody: jsonStringify({
        Parameters: {
          "AWS::IoT::Certificate::CommonName": { Type: "String" },
          "AWS::IoT::Certificate::Id": { Type: "String" },
        },
        Resources: deviceResources(fleet, { Ref: "AWS::IoT::Certificate::CommonName" }),
      }),
    },
    { ...opts, dependsOn: [...granted] },
  );
}

/** The part of AWS's managed AWSIoTThingsRegistration that this template needs. */
function grant(
  name: string,
  role: Role,
  { policy, type, group }: FleetThings,
  context: AwsContext,
  opts: CustomResourceOptions,
) {
  const iot = (resource: Parameters<typeof arn>[2]) => arn(context, "iot", resource);
  return permit(
    `${name}-provisioning`,
    role,
    {
      data: [
        // RegisterThing is the template at work; it knows no resource.
        { Sid: "Register", Effect: "Allow", Action: "iot:RegisterThing", Resource: "*" },
        {
          Sid: "Things",
          Effect: "Allow",
          Action: [
            "iot:CreateThing",
            "iot:DescribeThing",
            "iot:ListThingGroupsForThing",
            "iot:ListThingPrincipals",
            "iot:UpdateThing",
          ],
          Resource: iot("thing/*"),
        },
        {
          Sid: "Certificates",
          Effect: "Allow",
          Action: [
            "iot:AttachPolicy",
            "iot:AttachPrincipalPolicy",
            "iot:AttachThingPrincipal",
            "iot:DescribeCertificate",
            "iot:ListPrincipalThings",
            "iot:UpdateCertificate",
          ],
          Resource: iot("cert/*"),
        },
        {
          Sid: "Fleet",
          Effect: "Allow",
          Action: ["iot:AddThingToThingGroup", "iot:DescribeThingGroup"],
          Resource: [iot(interpolate`thinggroup/${group.name}`), iot("thing/*")],
        },
        {
          Sid: "Kind",
          Effect: "Allow",
          Action: ["iot:DescribeThingType", "iot:GetPolicy"],
          Resource: [iot(interpolate`thingtype/${type.name}`), iot(interpolate`policy/${policy.name}`)],
        },
      ],
      keys: [],
    },
    opts,
  );
}
