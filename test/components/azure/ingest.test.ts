/** Fleet, broker and ingest of the azure target: the security inputs, by value. */
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { azureRoots } from "../../../components/azure/azure-roots.ts";
import { unwrapped } from "../../../provider/values.ts";
import { autoName, subscription, tenant } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { everything, frugal, recordAzure, webhook, type Parts } from "./environment.ts";

interface Recorded {
  readonly recording: Recording;
  readonly parts: Parts;
}
let plain: Recorded;
let full: Recorded;
beforeAll(async () => {
  plain = await recordAzure({ ...frugal, fleet: { revoked: ["wrist-02", "0AFF"] } });
  full = await recordAzure(everything);
}, 60_000);

const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`azure-native:${type}`, name).inputs);
const below = (path: string) =>
  `/subscriptions/${subscription}/resourceGroups/${autoName("acme-group")}/providers/${path}`;
const router = below(`Microsoft.ManagedIdentity/userAssignedIdentities/${autoName("acme-router-identity")}`);
const topicId = below(`Microsoft.EventGrid/topics/${autoName("acme-routed")}`);
const inBroker = {
  resourceGroupName: autoName("acme-group"),
  namespaceName: autoName("acme-broker"),
};

describe("fleet", () => {
  test("the signing intermediate, not the root, is on the broker", () => {
    expect(inputsOf(plain, "eventgrid:CaCertificate", "acme-fleet-issuer")).toEqual({
      ...inBroker,
      caCertificateName: "issuer",
      description: "Signs the devices of acme",
      encodedCertificate: "-----BEGIN acme-fleet-intermediate\n",
    });
  });

  test("a pinned device is a client of its id, known by its certificate's subject; a revoked one is disabled", () => {
    for (const [id, state] of [
      ["wrist-01", "Enabled"],
      ["wrist-02", "Disabled"],
    ] as const) {
      expect(inputsOf(plain, "eventgrid:Client", `acme-fleet-${id}-client`)).toEqual({
        ...inBroker,
        clientName: id,
        authenticationName: id,
        clientCertificateAuthentication: { validationScheme: "SubjectMatchesAuthenticationName" },
        attributes: { role: "device" },
        state,
      });
    }
    expect(plain.parts.fleet.exceptions.map(({ rule }) => rule)).toEqual([
      "azure-eventgrid-admit-on-first-connect",
      "azure-eventgrid-revoke-by-list",
    ]);
    expect(plain.parts.fleet.exceptions[1]?.reason).toContain("0AFF");
  });

  test("`registered` is what the broker does by itself: no exception then", async () => {
    const { parts } = await recordAzure({ ...frugal, fleet: { enrolment: "registered" } });
    expect(parts.fleet.exceptions).toEqual([]);
  });

  test("has the same resources for ten devices and for ten thousand", async () => {
    const inventory = async (devices: number) =>
      (await recordAzure({ ...frugal, load: { devices } })).recording.inventory();
    expect(await inventory(10_000)).toEqual(await inventory(10));
  });

  test("devices trust the roots that Azure chains to, as Node does", () => {
    const pems = azureRoots.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
    const known = new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
    expect(pems.map((pem) => new X509Certificate(pem).subject.split("\n").at(-1))).toEqual([
      "CN=DigiCert Global Root G2",
      "CN=DigiCert Global Root G3",
      "CN=Microsoft RSA Root Certificate Authority 2017",
      "CN=Microsoft ECC Root Certificate Authority 2017",
    ]);
    for (const pem of pems) expect(known.has(new X509Certificate(pem).fingerprint256)).toBe(true);
  });
});

describe("broker", () => {
  test("TLS 1.2 or later, one session a device, routed by an identity, the sender's name with each message", () => {
    const broker = {
      resourceGroupName: autoName("acme-group"),
      location: "westeurope",
      identity: { type: "UserAssigned", userAssignedIdentities: { [router]: {} } },
      minimumTlsVersionAllowed: "1.2",
      publicNetworkAccess: "Enabled",
      topicSpacesConfiguration: {
        state: "Enabled",
        maximumSessionExpiryInHours: 1,
        maximumClientSessionsPerAuthenticationName: 1,
        routeTopicResourceId: topicId,
        routingIdentityInfo: { type: "UserAssigned", userAssignedIdentity: router },
        routingEnrichments: {
          dynamic: [
            { key: "clientname", value: "${client.authenticationName}" },
            { key: "contenttype", value: "${mqtt.message.contentType}" },
          ],
        },
      },
    };
    expect(inputsOf(plain, "eventgrid:Namespace", "acme-broker")).toEqual({
      ...broker,
      sku: { name: "Standard", capacity: 1 },
    });
    expect(inputsOf(full, "eventgrid:Namespace", "acme-broker")).toEqual({
      ...broker,
      sku: { name: "Standard", capacity: 3 },
      isZoneRedundant: true,
    });
  });

  test("a webhook in place of registered clients is one setting more, asked by the broker's own identity", async () => {
    const { recording, parts } = await recordAzure({ ...webhook, fleet: { revoked: ["0AFF"] } });
    const before = plain.recording.inventory();
    expect(recording.inventory().filter((line) => !before.includes(line))).toEqual([
      "fieldlake:azure:WebhookAdmission acme-admission",
    ]);
    expect(recording.inventory().filter((line) => line.includes("eventgrid:Client "))).toEqual([]);
    expect(recording.one("fieldlake:azure:WebhookAdmission", "acme-admission").inputs).toEqual({
      namespace: below(`Microsoft.EventGrid/namespaces/${autoName("acme-broker")}`),
      management: "management.azure.com",
      url: "https://acme.azurewebsites.net/api/admission",
      audience: "api://acme",
      tenantId: tenant,
      identity: router,
      revision: JSON.stringify({ throughputUnits: 1, zoneRedundant: false, sessionHours: 1 }),
    });
    // The namespace stays one of the stable API, which knows nothing of it.
    expect(inputsOf({ recording, parts }, "eventgrid:Namespace", "acme-broker")).toEqual(
      inputsOf(plain, "eventgrid:Namespace", "acme-broker"),
    );
    expect(parts.fleet.exceptions.map(({ rule }) => rule)).toEqual([
      "azure-eventgrid-stable-api",
      "azure-eventgrid-revoke-by-webhook",
    ]);
    expect(parts.ingest.capabilities.dropsRevokedSessions).toBe(false);
    expect(parts.ingest.exceptions.map(({ rule }) => rule)).toContain(
      "azure-eventgrid-drop-revoked-sessions",
    );
  });

  test("the routing topic takes no keys", () => {
    expect(inputsOf(plain, "eventgrid:Topic", "acme-routed")).toMatchObject({
      inputSchema: "CloudEventSchemaV1_0",
      minimumTlsVersionAllowed: "1.2",
      disableLocalAuth: true,
    });
  });

  test("messages reach the hub by an identity, in the order of their topic; what can't be delivered is kept under our key", () => {
    const quarantine = plain.recording.registrations.find(
      ({ type, inputs }) => type.endsWith(":BlobContainer") && inputs["containerName"] === "dead-letters",
    );
    const identity = { type: "UserAssigned", userAssignedIdentity: router };
    expect(inputsOf(plain, "eventgrid:EventSubscription", "acme-ingest-route")).toEqual({
      scope: topicId,
      eventDeliverySchema: "CloudEventSchemaV1_0",
      deliveryWithResourceIdentity: {
        identity,
        destination: {
          endpointType: "EventHub",
          resourceId: below(
            `Microsoft.EventHub/namespaces/${autoName("acme-stream-hubs")}/eventhubs/messages`,
          ),
          deliveryAttributeMappings: [{ name: "PartitionKey", type: "Dynamic", sourceField: "subject" }],
        },
      },
      deadLetterWithResourceIdentity: {
        identity,
        deadLetterDestination: {
          endpointType: "StorageBlob",
          resourceId: below(`Microsoft.Storage/storageAccounts/${String(quarantine?.inputs["accountName"])}`),
          blobContainerName: "dead-letters",
        },
      },
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1_440 },
    });
  });

  test("a device is told all it needs: host, roots, topics", async () => {
    const connection = await settled(plain.parts.ingest.connection);
    const host = `${autoName("acme-broker")}.westeurope-1.ts.eventgrid.azure.net`;
    expect(connection).toMatchObject({
      host,
      port: 8883,
      trustBundle: azureRoots,
      telemetryPrefix: null,
      upload: {
        credentialsUrl: `https://${autoName("acme-ingest-grant")}.azurewebsites.net/uploads/{sha256}?channel={channel}`,
        headers: {},
        destination: `https://${autoName("acmeraw")}.blob.core.windows.net/raw/offline/{id}/{channel}/{sha256}`,
        seconds: 3_600,
      },
    });
    expect(plain.parts.ingest.exceptions.map(({ rule }) => rule)).not.toContain(
      "azure-storage-upload-credentials",
    );
    expect(connection.mqtt.versions).toEqual(["3.1.1", "5.0"]);
  });

  test("what is not kept is named: no customer's key on the ingest hop", () => {
    expect(plain.parts.ingest.capabilities.customerManagedKeyOnIngest).toBe(false);
    expect(plain.parts.ingest.exceptions.map(({ rule }) => rule)).toContain(
      "azure-eventgrid-require-customer-key",
    );
  });
});
