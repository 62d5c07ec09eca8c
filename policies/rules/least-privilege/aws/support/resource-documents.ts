/** Where resources have policy documents that let others in. */
import type { DocumentPlaces } from "../../../../kit/documents.ts";

/** Keys, which also have a policy where none is written. */
export const keyPlaces: DocumentPlaces = {
  "aws:kms/key:Key": "policy?",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:kms/replicaKey:ReplicaKey": "policy?",
};

export const places: DocumentPlaces = {
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:s3/bucket:Bucket": "policy?",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sqs/queue:Queue": "policy?",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sns/topic:Topic": "policy?",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:secretsmanager/secret:Secret": "policy?",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:opensearch/domain:Domain": "accessPolicies?",
  "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:apigateway/restApi:RestApi": "policy?",
  "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
};
