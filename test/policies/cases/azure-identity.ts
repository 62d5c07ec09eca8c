import {
  addedBelow,
  addedBeside,
  belowPath,
  changedBelow,
  changedFilesOnly,
  listsBelow,
  listsOnly,
  rowFilesOnly,
  writtenBelow,
} from "../../../components/azure/blob-conditions.ts";
import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const own = "devices/${client.authenticationName}/telemetry/#";
const namespace = resource(
  t("eventgrid:Namespace"),
  { namespaceName: "broker", topicSpacesConfiguration: { state: "Enabled" } },
  { name: "broker", outputs: { name: "broker" } },
);
const ca = (namespaceName: unknown) =>
  resource(t("eventgrid:CaCertificate"), { namespaceName, encodedCertificate: "pem" });
const hub = t("iothub:IotHubResource");
const unsupported = (token: string) => ({ notSupported: [resource(t(token), {})] });
const role = t("authorization:RoleAssignment");
const definition = (id: string): string =>
  `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${id}`;

const goesByCertificates = { appSettings: [{ name: "CLIENT_CERTIFICATES", value: "required" }] };
const renewal = (inputs: object) =>
  resource(
    t("web:WebApp"),
    { clientCertEnabled: true, clientCertMode: "Required", siteConfig: goesByCertificates, ...inputs },
    { component: "fieldlake:azure:DeviceFleet" },
  );

export const azureIdentityCases: RuleCases = {
  "azure-app-keep-client-certificates": {
    compliant: [renewal({})],
    violating: [
      renewal({ clientCertEnabled: false }),
      renewal({ clientCertMode: "Optional" }),
      renewal({ siteConfig: { appSettings: [{ name: "CLIENT_CERTIFICATES", value: "preferred" }] } }),
    ],
    absent: [renewal({ clientCertEnabled: undefined }), renewal({ clientCertMode: undefined })],
    unknown: [renewal({ clientCertMode: notKnownYet })],
  },
  "azure-eventgrid-bind-topics-to-client": weakened({
    token: t("eventgrid:TopicSpace"),
    inputs: { topicTemplates: [own, "devices/${client.authenticationName}/events"] },
    weak: {
      topicTemplates: [
        ["#"],
        ["devices/#"],
        [own, "devices/+/telemetry"],
        ["devices/+/${client.authenticationName}"],
        ["devices/${client.attributes.room}/telemetry"],
        [],
      ],
    },
  }),
  "azure-eventgrid-require-group-on-binding": weakened({
    token: t("eventgrid:PermissionBinding"),
    inputs: { permission: "Publisher", topicSpaceName: "telemetry", clientGroupName: "devices" },
    weak: { clientGroupName: ["$all", ""], permission: ["Both"] },
    alsoWrong: [{ permission: "Publisher", clientGroupName: "devices" }],
  }),
  "azure-eventgrid-require-certificates": weakened({
    token: t("eventgrid:Client"),
    inputs: { clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" } },
    weak: { "clientCertificateAuthentication.validationScheme": ["ThumbprintMatch", "None"] },
    alsoRight: [
      {
        clientCertificateAuthentication: { validationScheme: "ThumbprintMatch", allowedThumbprints: ["AB"] },
      },
    ],
  }),
  "azure-eventgrid-require-authority": {
    compliant: [[namespace, ca("broker")]],
    violating: [[namespace, ca("another")]],
    absent: [namespace],
    unknown: [[namespace, ca(notKnownYet)]],
  },
  "azure-eventgrid-forbid-shared-keys": weakened({
    token: t("eventgrid:Topic"),
    inputs: { disableLocalAuth: true },
    weak: { disableLocalAuth: [false] },
  }),
  "azure-eventgrid-require-customer-key": unsupported("eventgrid:Namespace"),
  "azure-iothub-forbid-shared-keys": weakened({
    token: hub,
    inputs: { properties: { disableLocalAuth: true } },
    weak: { "properties.disableLocalAuth": [false] },
    alsoRight: [{ properties: { disableDeviceSAS: true, disableModuleSAS: true } }],
    alsoWrong: [
      { properties: { disableDeviceSAS: true } },
      { properties: { disableLocalAuth: true, disableDeviceSAS: false } },
      { properties: { disableLocalAuth: true, disableModuleSAS: false } },
    ],
  }),
  "azure-iothub-require-identity-on-routes": weakened({
    token: hub,
    inputs: {
      properties: {
        routing: { endpoints: { eventHubs: [{ name: "e", authenticationType: "identityBased" }] } },
      },
    },
    weak: { "properties.routing.endpoints.eventHubs[0].authenticationType": ["keyBased"] },
    alsoWrong: [
      {
        properties: {
          storageEndpoints: { $default: { authenticationType: "keyBased", containerName: "c" } },
        },
      },
    ],
  }),
  "azure-iothub-require-customer-key": unsupported("iothub:IotHubResource"),
  "azure-dps-require-verified-authority": weakened({
    token: t("deviceprovisioningservices:DpsCertificate"),
    inputs: { properties: { isVerified: true } },
    weak: { "properties.isVerified": [false] },
  }),
  "azure-dps-require-customer-key": unsupported("deviceprovisioningservices:IotDpsResource"),
  "azure-digitaltwins-require-identity": weakened({
    token: t("digitaltwins:DigitalTwinsEndpoint"),
    inputs: { properties: { authenticationType: "IdentityBased" } },
    weak: { "properties.authenticationType": ["KeyBased"] },
    alsoWrong: [{ properties: { authenticationType: "IdentityBased", deadLetterSecret: "sas" } }],
  }),
  "azure-digitaltwins-require-customer-key": unsupported("digitaltwins:DigitalTwin"),
};

export const azureRoleCases: RuleCases = {
  "azure-roles-forbid-mighty": weakened({
    token: role,
    inputs: { roleDefinitionId: definition("ba92f5b4-2d11-453d-a403-e96b0029c9fe") },
    weak: {
      roleDefinitionId: [
        definition("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
        definition("B24988AC-6180-42A0-AB88-20F7382DD24C"),
        "",
      ],
    },
  }),
  "azure-roles-forbid-wide-scope": weakened({
    token: role,
    inputs: { scope: "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a" },
    weak: {
      scope: [
        "/subscriptions/s",
        "/subscriptions/s/",
        "/",
        "/providers/Microsoft.Management/managementGroups/m",
      ],
    },
  }),
  "azure-roles-keep-principal-type": (() => {
    const ours = { component: "fieldlake:azure:EncryptedLake" };
    return {
      compliant: [resource(role, { principalType: "ServicePrincipal" }, ours)],
      violating: [resource(role, { principalType: "Group" }, ours)],
      absent: [resource(role, {}, ours)],
      unknown: [resource(role, { principalType: notKnownYet }, ours)],
    };
  })(),
  "azure-roles-narrow-raw-readers": (() => {
    const ours = { component: "fieldlake:azure:StreamProcessor" };
    const reads = {
      roleDefinitionId: definition("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
      scope:
        "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/raw",
    };
    const narrow = { condition: belowPath("offline"), conditionVersion: "2.0" };
    // At a first preview the scope is unknown, and computed from the account of a zone.
    const planned = (zone: string, inputs: object) => [
      resource("azure-native:storage:StorageAccount", {}, { name: `plant${zone}` }),
      resource(
        role,
        { ...reads, scope: notKnownYet, ...inputs },
        { ...ours, from: { scope: [`plant${zone}`] } },
      ),
    ];
    return {
      compliant: [
        resource(role, { ...reads, ...narrow }, ours),
        planned("raw", narrow),
        planned("raw", { ...narrow, condition: listsBelow("offline") }),
      ],
      violating: [
        planned("raw", {}),
        resource(role, { ...reads, ...narrow, condition: belowPath("") }, ours),
        planned("raw", { ...narrow, condition: listsBelow("") }),
        planned("raw", { ...narrow, condition: listsOnly }),
        resource(role, { ...reads, ...narrow, conditionVersion: "1.0" }, ours),
      ],
      absent: [resource(role, reads, ours)],
      unknown: [resource(role, { ...reads, ...narrow, condition: notKnownYet }, ours)],
    };
  })(),
  "azure-roles-narrow-raw-adders": (() => {
    const ours = { component: "fieldlake:azure:KnowledgeBase" };
    const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
    const raw = "/subscriptions/s/storageAccounts/a/blobServices/default/containers/raw";
    const granted = (inputs: object, scope: unknown = raw) => [
      resource(
        t("authorization:RoleDefinition"),
        { permissions: [{ actions: [], dataActions: [`${blobs}/add/action`] }] },
        { name: "adds" },
      ),
      resource("azure-native:storage:StorageAccount", {}, { name: "plantraw" }),
      resource(
        role,
        { roleDefinitionId: notKnownYet, scope, ...inputs },
        { ...ours, from: { roleDefinitionId: ["adds"], scope: ["plantraw"] } },
      ),
    ];
    const version = { conditionVersion: "2.0" };
    return {
      compliant: [
        granted({ condition: addedBelow("offline"), ...version }),
        granted({ condition: addedBeside("offline"), ...version }),
        granted({ condition: addedBelow("offline"), ...version }, notKnownYet),
      ],
      violating: [
        granted({ condition: addedBelow("dt=2026-11-26"), ...version }),
        granted({ condition: addedBeside("other"), ...version }),
        granted({ condition: `${addedBelow("offline")} OR (true)`, ...version }),
        granted({ condition: addedBelow("offline"), conditionVersion: "1.0" }),
        granted({ condition: addedBelow(""), ...version }, notKnownYet),
      ],
      absent: [granted({})],
      unknown: [granted({ condition: notKnownYet, ...version })],
    };
  })(),
  "azure-roles-narrow-file-changers": (() => {
    const ours = { component: "fieldlake:azure:KnowledgeBase" };
    const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
    const granted = (inputs: object, ...dataActions: string[]) => [
      resource(
        t("authorization:RoleDefinition"),
        { permissions: [{ actions: [], dataActions: dataActions.map((action) => `${blobs}/${action}`) }] },
        { name: "changes" },
      ),
      resource(
        role,
        { roleDefinitionId: notKnownYet, ...inputs },
        { ...ours, from: { roleDefinitionId: ["changes"] } },
      ),
    ];
    const version = { conditionVersion: "2.0" };
    return {
      compliant: [
        granted({ condition: rowFilesOnly, ...version }, "delete"),
        granted({ condition: changedFilesOnly, ...version }, "delete"),
        granted({ condition: changedBelow("insights"), ...version }, "write", "delete"),
        granted({ condition: writtenBelow("offline"), ...version }, "write", "add/action"),
      ],
      violating: [
        // Only who adds is held to the folder: who writes is not.
        granted(
          {
            condition: `((!(ActionMatches{'${blobs}/add/action'})) OR (@Resource[${blobs}:path] StringLike 'offline/*'))`,
            ...version,
          },
          ...["write", "add/action"],
        ),
        granted({ condition: changedBelow(""), ...version }, "delete"),
        granted({ condition: rowFilesOnly.replace("*.parquet", "*"), ...version }, "delete"),
        granted({ condition: `${rowFilesOnly} OR (true)`, ...version }, "delete"),
        granted({ condition: rowFilesOnly, conditionVersion: "1.0" }, "delete"),
      ],
      absent: [granted({}, "delete"), granted({}, "write", "delete")],
      unknown: [granted({ condition: notKnownYet, ...version }, "delete")],
    };
  })(),
  "azure-roles-forbid-wildcard-definition": weakened({
    token: t("authorization:RoleDefinition"),
    inputs: { permissions: [{ actions: ["Microsoft.Storage/storageAccounts/read"], dataActions: [] }] },
    optional: {
      "permissions[0].actions": [["*"], ["*/read"], ["Microsoft.Storage/*"]],
      "permissions[0].dataActions": [["*"]],
    },
  }),
};
