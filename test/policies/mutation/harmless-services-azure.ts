/** Changes of Azure's less usual services which make nothing weaker, each with its reason. */
import { left, type Reason } from "./reason.ts";

export const harmlessOnAzureServices: readonly Reason[] = [
  {
    because: "without an identity it reaches nothing: no key, no target, no secret",
    types:
      /(digitaltwins:DigitalTwin|eventgrid:(Domain|SystemTopic|SystemTopicEventSubscription)|machinelearningservices:\w+Endpoint|sql:Server|web:WebAppSlot)$/,
    path: /^(deliveryWithResourceIdentity\.)?identity(\.(type|userAssignedIdentities(\[\])?))?$/,
  },
  {
    because: "whom events and alerts of others reach is a decision; what they say of TLS is judged",
    types:
      /(eventgrid:(SystemTopic|SystemTopicEventSubscription|EventSubscription|TopicEventSubscription)|monitor:(MetricAlert|ScheduledQueryRule|ActionGroup|DiagnosticSetting)|deviceprovisioningservices:\w+|digitaltwins:DigitalTwinsEndpoint|eventgrid:PartnerNamespace)$/,
    path: /^(source|scope|scopes.*|enabled|actions.*|emailReceivers.*|workspaceId|resourceUri|destination(\.(endpointUrl|azureActiveDirectory\w+|minimumTlsVersionAllowed))?|deliveryWithResourceIdentity\.destination(\.(resourceId|queueName))?|partnerRegistrationFullyQualifiedId|provisioningServiceName|properties\.(allocationPolicy|certificate|topicEndpoint))$/,
    how: /^(absent|null|""|\[\]|\{\}|false|"\/subscriptions\/.*)$/,
  },
  {
    because:
      "a hub is no archive: what it keeps, and whether it captures, is asked where it is the only copy",
    types: /eventhub:EventHub$/,
    path: /^(messageRetentionInDays|captureDescription(\.(enabled|encoding|destination\.blobContainer))?)$/,
    how: /^(absent|null|""|\{\}|false|0|1)$/,
  },
  {
    because: "old versions are kept for ever where nothing is said; Azure refuses a rule without an action",
    types: /storage:ManagementPolicy$/,
    path: /^policy(\.rules(\[\](\.definition\.actions(\.version(\.delete)?)?)?)?)?$/,
    how: left,
  },
  {
    because:
      "a container lies under its account's key where nothing is said; Azure refuses a scope that is not there",
    types: /storage:(BlobContainer|EncryptionScope)$/,
    path: /^(|defaultEncryptionScope|encryptionScopeName)$/,
  },
  {
    because: "closed by its rules, or altogether",
    types: /keyvault:ManagedHsm$/,
    path: /^properties\.(publicNetworkAccess|networkAcls(\.(defaultAction|bypass))?)$/,
  },
  {
    because: "Azure refuses an HSM without its first administrators; its family is a name",
    types: /keyvault:ManagedHsm$/,
    path: /^(properties\.initialAdminObjectIds(\[\])?|sku\.family)$/,
    how: left,
  },
  {
    because: "off, a secret opens nothing; longer than anybody lives is another question",
    types: /keyvault:Secret$/,
    path: /^(secretName|properties\.attributes\.(enabled|expires))$/,
    how: /^(absent|""|false|\d{12,})$/,
  },
  {
    because: "asked of Fieldlake's own only; Azure refuses a scope that is not there",
    types: /authorization:Role(Assignment|Definition)$/,
    path: /^(principalType|scope|assignableScopes(\[\])?)$/,
    how: /^(absent|""|"User"|\[\]|"\/subscriptions\/.*)$/,
  },
  {
    because: "Azure refuses a role or a scope that its account does not have",
    types: /cosmosdb:SqlResourceSqlRoleAssignment$/,
    path: /^(roleDefinitionId|scope)$/,
    how: /elsewhere|^"\/subscriptions\/[^/]+"$/,
  },
  {
    because: "whom a rule lets in is said by its sources, ports and direction; Azure refuses it without them",
    types: /network:(NetworkSecurityGroup|SecurityRule)$/,
    path: /^(securityRules(\[\])?|(securityRules\[\]\.)?(destinationAddressPrefix|destinationPortRange|source\w+|access|direction))$/,
    how: left,
  },
  {
    because: "where it leads within the network opens nothing that the sources do not",
    types: /network:(NetworkSecurityGroup|SecurityRule)$/,
    path: /(^|\.)destinationAddressPrefix$/,
  },
  {
    because: "which rules a subnet has is asked of Fieldlake's own private network",
    types: /network:Subnet$/,
    path: /^networkSecurityGroup(\.id)?$/,
  },
  {
    because: "fewer addresses, none, or fewer of Azure's own services",
    types: /(eventhub|servicebus):NamespaceNetworkRuleSet$/,
    path: /^(ipRules.*|trustedServiceAccessEnabled)$/,
    how: /^(absent|null|""|\[\]|\{\}|false)$/,
  },
  {
    because: "Azure refuses a slot of no name; checks are on where nothing is said",
    types: /(web:WebApp\w*Slot|apimanagement:Backend)$/,
    path: /^(slot|serviceName|tls(\.validateCertificate(Chain|Name))?)$/,
    how: left,
  },
  {
    because:
      "Databricks refuses a workspace without a group to manage, and a key without a version; rules of its own are fewer without the word",
    types: /databricks:Workspace$/,
    path: /^(managedResourceGroupId|requiredNsgRules|encryption\.entities\.\w+\.keyVaultProperties\.keyVersion)$/,
  },
  {
    because: "Azure refuses a source without its parts, and who has no password signs in by the directory",
    types: /(datafactory:LinkedService|streamanalytics:(Input|Output))$/,
    path: /^(|properties|properties\.(connectionString|password.*)|(properties\.)?datasource|datasource\.container)$/,
    how: /^(not there|absent|null|""|\{\})$/,
  },
  {
    because: "names of an account, a label, a computer's kind, which Azure refuses to go without",
    types:
      /(automation:Variable|operationalinsights:LinkedService|machinelearningservices:Compute|sql:Server)$/,
    path: /^(automationAccountName|linkedServiceName|properties\.(computeType|properties\.sslConfiguration\.leafDomainLabel)|administrators\.(login|sid))$/,
    how: left,
  },
  {
    because: "30 days where nothing is said",
    types: /operationalinsights:Workspace$/,
    path: /^retentionInDays$/,
    how: left,
  },
];
