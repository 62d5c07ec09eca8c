/** Changes of Azure resources that make nothing weaker, each with its reason. */
import { left, type Reason } from "./reason.ts";

export const harmlessOnAzure: readonly Reason[] = [
  {
    because: "it describes or routes what is there; no property of it protects anything",
    types:
      /^azure-native:(portal:Dashboard|privatedns:|network:(VirtualNetwork|PrivateDnsZoneGroup)$|eventhub:ConsumerGroup|cosmosdb:SqlResourceSql(Database|Container)|storage:ObjectReplicationPolicy|resources:ResourceGroup|web:AppServicePlan|managedidentity:UserAssignedIdentity)/,
    path: /^/,
  },
  {
    because: "what is not called, routed or given leaves nothing open",
    types:
      /^azure-native:(authorization:|cosmosdb:SqlResourceSqlRoleAssignment|eventgrid:(ClientGroup|PermissionBinding|TopicSpace|CaCertificate|EventSubscription|SystemTopicEventSubscription|SystemTopic)|monitor:(MetricAlert|ScheduledQueryRule))/,
    path: /^$/,
  },
  {
    because: "without it more is kept, never less",
    types: /ManagementPolicy/,
    path: /^$|tierTo|baseBlob$|filters|enabled$|type$|name$/,
  },
  {
    because: "off where nothing is said",
    path: /(enabledFor(Deployment|DiskEncryption|TemplateDeployment)|isLocalUserEnabled|isSftpEnabled|allowPermanentDelete|allowProtectedAppendWrites|remoteDebuggingEnabled|attributes\.exportable|registrationEnabled)$/,
    how: left,
  },
  {
    because: "on, or 90 days, where nothing is said",
    path: /(enableSoftDelete|softDeleteRetentionInDays|attributes\.enabled|policy\.rules\[\]\.enabled)$/,
    how: left,
  },
  {
    because: "the one exception to closed rules that Azure makes by default",
    path: /(networkAcls|networkRuleSet)\.bypass$/,
    how: left,
  },
  { because: "an empty list of exceptions is none", path: /(ipRules|virtualNetworkRules)$/, how: left },
  {
    because: "a bigger or cheaper machine; the tier that keys need is asked for by name",
    path: /(^|\.)sku(\.(family|tier|capacity))?$/,
    types: /(Vault|Workspace|StorageAccount|eventgrid:Namespace|eventhub:Namespace)$/,
  },
  {
    because: "a key is on, may do all that its kind can, and lasts where nothing is said; its name is a name",
    types: /keyvault:Key$/,
    path: /^(keyName|properties\.(attributes|keyOps(\[\])?|keySize))$/,
    how: /^(absent|null|""|\[\]|\{\}|\d+00)$/,
  },
  {
    because: "what an alert watches and how long is no property of what it watches",
    types: /monitor:(ScheduledQueryRule|MetricAlert|ActionGroup)$/,
    path: /^(criteria|autoMitigate|evaluationFrequency|windowSize|skipQueryValidation|emailReceivers\[\]\.useCommonAlertSchema)/,
  },
  {
    because: "on where nothing is said",
    types: /monitor:(ScheduledQueryRule|MetricAlert)$/,
    path: /^enabled$/,
    how: left,
  },
  {
    because: "without a pause between notices there are more of them",
    types: /monitor:ScheduledQueryRule$/,
    path: /^muteActionsDuration$/,
    how: left,
  },
  {
    because: "figures, beside the logs that tell who did what",
    types: /DiagnosticSetting$/,
    path: /^metrics/,
  },
  {
    because: "telemetry and devices come in from everywhere, by identity: it is open as it is",
    types: /(operationalinsights:Workspace|applicationinsights:Component|eventgrid:(Topic|Namespace))$/,
    path: /^publicNetworkAccess(ForIngestion)?$/,
    how: /Disabled|absent|null|""/,
  },
  {
    because: "the form of what comes in",
    types:
      /(applicationinsights:Component|eventgrid:Topic|eventgrid:SystemTopic|eventgrid:EventSubscription|eventgrid:SystemTopicEventSubscription)$/,
    path: /(applicationType|flowType|ingestionMode|requestSource|inputSchema|topicType|eventDeliverySchema|deliveryAttributeMappings.*)$/,
  },
  {
    because: "which of the events are delivered; where they go is judged",
    types: /eventgrid:(EventSubscription|SystemTopicEventSubscription)$/,
    path: /^filter/,
  },
  {
    because: "a workspace whose key is not active yet is pending: it answers nobody",
    types: /synapse:Key$/,
    path: /^(|isActiveCMK|keyName)$/,
  },
  {
    because: "nobody but who deploys is its administrator then",
    types: /synapse:Workspace$/,
    path: /^cspWorkspaceAdminProperties/,
    how: left,
  },
  {
    because: "where a workspace keeps what it does not have; the account is judged by itself",
    types: /synapse:Workspace$/,
    path: /^defaultDataLakeStorage\.(createManagedPrivateEndpoint|filesystem)$/,
  },
  {
    because: "off where nothing is said",
    types: /synapse:Workspace$/,
    path: /^trustedServiceBypassEnabled$/,
    how: left,
  },
  {
    because: "fewer rights, or none",
    types: /authorization:RoleDefinition$/,
    path: /^(permissions\[\](\.(dataA|a)ctions(\[\])?)?|roleDefinitionId)$/,
    how: left,
  },
  {
    because: "an empty list of exceptions is none",
    types: /authorization:RoleDefinition$/,
    path: /not(Data)?Actions$/,
    how: left,
  },
  {
    because: "where a role may be given is asked where it is given",
    types: /authorization:RoleDefinition$/,
    path: /^assignableScopes/,
    how: left,
  },
  {
    because: "addresses inside the network; who gets in is said by rules",
    types: /network:Subnet$/,
    path: /^(addressPrefix|privateLinkServiceNetworkPolicies|delegations.*)$/,
  },
  {
    because: "Azure refuses an endpoint to nothing",
    types: /network:PrivateEndpoint$/,
    path: /groupIds\[\]$/,
    how: /^""$/,
  },
  {
    because: "size and form of the store",
    types: /(eventhub:Namespace|storage:StorageAccount|cosmosdb:DatabaseAccount)$/,
    path: /^(isAutoInflateEnabled|accessTier|isHnsEnabled|capabilities|consistencyPolicy|createMode|databaseAccountOfferType|enableAutomaticFailover|enableFreeTier|enableMultipleWriteLocations|locations)/,
  },
  {
    because: "what a copy is made from: without it there is none",
    types: /BlobServiceProperties$/,
    path: /^changeFeed/,
  },
  {
    because: "nothing is stored where there is no container; None where nothing is said",
    types: /BlobContainer$/,
    path: /^$|^publicAccess$/,
    how: /not there|absent|""/,
  },
  {
    because: "a client is let in on fewer topics, or in no group",
    types: /eventgrid:(TopicSpace|ClientGroup)$/,
    path: /^(topicTemplates\[\]|query)$/,
    how: left,
  },
  {
    because: "what runs and on what",
    types: /web:WebApp$/,
    path: /^(clientAffinityEnabled|functionAppConfig\.deployment\.storage\.type|hyperV|isXenon|reserved|scmSiteAlsoStopped)$/,
  },
  { because: "Azure names it itself", types: /SqlRoleAssignment$/, path: /^roleAssignmentId$/, how: left },
  {
    because: "a device that is not there, or off, is not let in; its attributes are words",
    types: /eventgrid:Client$/,
    path: /^(|state|attributes(\.\w+)?|authenticationName|clientName)$/,
    how: /not there|"Disabled"|absent|null|""|\{\}/,
  },
  {
    because: "a certificate that is not issued lets nobody in",
    types: /^tls:index\/locallySignedCert/,
    path: /^$/,
  },
  {
    because: "a development stack has nobody on duty",
    types: /ActionGroup$/,
    path: /^emailReceivers$/,
    was: /^\[\]$/,
  },
  {
    because: "Azure refuses a key that no identity of the namespace reaches",
    types: /eventhub:Namespace$/,
    path: /^encryption\.keyVaultProperties\[\]\.identity/,
    how: left,
  },
  {
    because: "a broker that is off, or routes nothing, lets nobody in; how much it takes protects nothing",
    types: /eventgrid:Namespace$/,
    path: /^topicSpacesConfiguration(\.(state|routeTopicResourceId|routingEnrichments.*|maximum\w+))?$/,
  },
  {
    because: "what an endpoint says of its subnet does not change the subnet",
    types: /PrivateEndpoint$/,
    path: /^subnet\.private/,
  },
  {
    because: "Azure refuses it, or gives nothing to nobody",
    types: /(RoleAssignment|CaCertificate|SystemTopic|SqlRoleAssignment|EventSubscription|RoleDefinition)$/,
    path: /^(principalId|encodedCertificate|source|scope|roleDefinitionId)$/,
    how: left,
  },
  {
    because: "a part of the same account, which nothing else is in",
    types: /RoleAssignment$/,
    path: /^(scope|roleDefinitionId)$/,
    was: /(blobServices|dbs|sqlRoleDefinitions)\//,
    how: /-elsewhere"$/,
  },
  {
    because: "words that the app is told; secrets among them are another rule's",
    types: /web:WebApp$/,
    path: /^siteConfig\.appSettings/,
    how: left,
  },
  {
    because: "off where nothing is said, or without bearing on who gets in",
    types: /web:WebApp$/,
    path: /^(siteConfig\.(http20Enabled|localMySqlEnabled|netFrameworkVersion)|functionAppConfig\.deployment\.storage\.value|serverFarmId)$/,
    how: /absent|null|""|true|false/,
  },
  {
    because:
      "what reads names or records alone could read rows and quarantine, as others may; raw messages are a rule of their own",
    types: /authorization:RoleAssignment$/,
    path: /^condition(Version)?$/,
    how: left,
    // Storage Blob Data Reader.
    beside: (inputs) => /2a2b9908-6ea1-4ae2-8e65-a410df84e7d1/.test(JSON.stringify(inputs)),
  },
];
