/** What is reached from everywhere. */
import { account, bucket, key, logBucket } from "./parts.ts";
import { json, ref, sound, type Sound } from "../stack.ts";

export const awsInternet: Readonly<Record<string, readonly Sound[]>> = {
  "what faces the internet": [
    key(),
    ...logBucket(),
    ...bucket("site"),
    sound("aws:lb/listener:Listener", "https", {
      loadBalancerArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1",
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
      defaultActions: [
        {
          type: "forward",
          targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1",
        },
      ],
    }),
    sound("aws:lb/listener:Listener", "redirect", {
      loadBalancerArn: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1",
      port: 80,
      protocol: "HTTP",
      defaultActions: [
        { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
      ],
    }),
    sound("aws:ec2/securityGroup:SecurityGroup", "web", {
      vpcId: "vpc-1",
      ingress: [
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8"] },
      ],
      egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
    }),
    sound("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "broker", {
      securityGroupId: "sg-1",
      ipProtocol: "tcp",
      fromPort: 8883,
      toPort: 8883,
      cidrIpv4: "0.0.0.0/0",
    }),
    sound("aws:cloudfront/distribution:Distribution", "cdn", {
      enabled: true,
      origins: [
        { originId: "site", domainName: ref("site", "id"), originAccessControlId: "oac" },
        {
          originId: "api",
          domainName: "api.example.com",
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "site",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
      },
      orderedCacheBehaviors: [
        {
          pathPattern: "/api/*",
          targetOriginId: "api",
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET", "HEAD"],
          cachedMethods: ["GET", "HEAD"],
        },
      ],
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: {
        acmCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/2",
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
    }),
    sound("aws:apigatewayv2/domainName:DomainName", "api-domain", {
      domainName: "api.example.com",
      domainNameConfiguration: {
        certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
    }),
    sound("aws:apigateway/domainName:DomainName", "rest-domain", {
      domainName: "rest.example.com",
      regionalCertificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
      securityPolicy: "TLS_1_2",
      endpointConfiguration: { types: "REGIONAL" },
    }),
    sound("aws:apigatewayv2/integration:Integration", "api-backend", {
      apiId: "api",
      integrationType: "HTTP_PROXY",
      integrationMethod: "ANY",
      integrationUri: "https://backend.example.com",
      tlsConfig: { serverNameToVerify: "backend.example.com" },
    }),
    sound("aws:opensearch/domain:Domain", "search", {
      encryptAtRest: { enabled: true, kmsKeyId: ref("key") },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      accessPolicies: json({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:role/search` },
        Action: "es:ESHttpGet",
        Resource: `arn:aws:es:eu-central-1:${account}:domain/search/*`,
      }),
    }),
  ],
};
