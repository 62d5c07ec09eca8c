/** Cases of the rules about the pack itself and about what has ended: they refuse a type, whatever it says. */
import type { RuleCases } from "../support/cases.ts";
import { resource } from "../support/stack.ts";

const service = (inputs: object) => resource("aws:ecs/service:Service", inputs);
const account = (kind: string) => resource("azure-native:cognitiveservices:Account", { kind });

export const hygieneCases: RuleCases = {
  "pack-forbid-escape-hatches": {
    refused: [
      resource("aws:cloudformation/stack:Stack", {}),
      resource("azure-native:resources/v20240301:Deployment", {}),
      resource("command:local:Command", {}),
      resource("aws:cloudcontrol/resource:Resource", { typeName: "AWS::S3::Bucket", desiredState: "{}" }),
      resource("pulumi-nodejs:dynamic:Resource", {}),
    ],
    others: [
      resource("random:index/randomId:RandomId", {}),
      resource("mine:index:Thing", {}),
      // Judged by aws-iot-require-checked-domain.
      resource("aws:cloudcontrol/resource:Resource", { typeName: "AWS::IoT::DomainConfiguration" }),
      // By aws-iot-require-signing-function.
      resource("aws:cloudcontrol/resource:Resource", { typeName: "AWS::IoT::CertificateProvider" }),
    ],
  },
  "pack-forbid-uncovered-providers": {
    refused: [resource("aws-native:s3:Bucket", {}), resource("azure:storage/account:Account", {})],
    others: [resource("kubernetes:core/v1:ConfigMap", {}), resource("aws-native:ec2:Vpc", {})],
  },
  "pack-forbid-plain-addresses": {
    refused: ["http://sink/path", "mqtt://broker:1883", "redis://cache:6379", "ws://feed"].map((address) =>
      service({ deep: [{ er: { endpoint: address } }] }),
    ),
    others: [
      service({ description: "see http://intranet" }),
      service({ uri: "http://acs.amazonaws.com/groups/s3/LogDelivery" }),
      service({ schema: "http://json-schema.org/draft-07/schema#" }),
      service({ corsRules: [{ allowedOrigins: ["http://localhost:3000"] }] }),
      service({ url: "https://sink" }),
      resource("mine:index:Thing", { url: "http://plain" }),
    ],
  },
  "aws-services-forbid-retired": {
    refused: [
      resource("aws:kinesisanalytics/analyticsApplication:AnalyticsApplication", {}),
      resource("aws:qldb/ledger:Ledger", {}),
    ],
    others: [resource("aws:kinesisanalyticsv2/application:Application", {})],
  },
  "azure-services-forbid-retired": {
    refused: [resource("azure-native:timeseriesinsights:Gen2Environment", {}), account("MetricsAdvisor")],
    others: [account("OpenAI")],
  },
};
