/** The profile iothub of the azure target: the security inputs by value, and the mapping of topics. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { hubTopics } from "../../../components/azure/hub-topics.ts";
import { deviceTopics } from "../../../components/shared/connection.ts";
import { openIotHub } from "../../../functions/core/envelopes/iot-hub.ts";
import { isSecret, unwrapped } from "../../../provider/values.ts";
import { autoName } from "../azure-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { frugal, hub, recordAzure, type Parts } from "./environment.ts";

let recording: Recording;
let parts: Parts;
beforeAll(async () => {
  ({ recording, parts } = await recordAzure(hub));
}, 60_000);

const inputsOf = (type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(type, name).inputs);
const host = `${autoName("acme-hub")}.azure-devices.net`;

describe("IoT Hub", () => {
  test("TLS 1.2, no keys for devices and modules, every message routed by an identity", () => {
    const { sku, identity, properties } = inputsOf("azure-native:iothub:IotHubResource", "acme-hub");
    expect(sku).toEqual({ name: "S1", capacity: 2 });
    expect(identity).toMatchObject({ type: "UserAssigned" });
    expect(properties).toMatchObject({
      minTlsVersion: "1.2",
      disableDeviceSAS: true,
      disableModuleSAS: true,
      routing: {
        endpoints: {
          eventHubs: [
            {
              authenticationType: "identityBased",
              endpointUri: `sb://${autoName("acme-stream-hubs")}.servicebus.windows.net`,
              entityPath: "messages",
            },
          ],
        },
        routes: [{ source: "DeviceMessages", condition: "true", endpointNames: ["stream"], isEnabled: true }],
        fallbackRoute: { isEnabled: false },
      },
    });
    expect(JSON.stringify((properties as { routing: object }).routing)).not.toMatch(/connectionString/);
  });

  test("the one key, of the link to the provisioning service, is a secret and a named exception", () => {
    const { properties } = recording.one(
      "azure-native:deviceprovisioningservices:IotDpsResource",
      "acme-enrolment",
    ).inputs as { properties: { iotHubs: { connectionString: unknown }[] } };
    const plain = unwrapped<typeof properties>(properties);
    expect(plain.iotHubs[0]?.connectionString).toMatch(
      new RegExp(`^HostName=${host};SharedAccessKeyName=provisioning;SharedAccessKey=`),
    );
    expect(isSecret(properties) || isSecret(properties.iotHubs[0]?.connectionString)).toBe(true);
    expect(parts.ingest.exceptions.map(({ rule }) => rule)).toEqual([
      "azure-iothub-require-customer-key",
      "azure-iothub-disable-local-auth",
      "azure-iothub-keep-retained-messages",
      "azure-iothub-connect-without-registration",
      "azure-storage-upload-credentials",
    ]);
  });

  test("the issuer is verified as it is made, and the enrolment group admits what it signs", () => {
    expect(
      inputsOf("azure-native:deviceprovisioningservices:DpsCertificate", "acme-ingest-issuer"),
    ).toMatchObject({
      certificateName: "issuer",
      properties: {
        isVerified: true,
        certificate: Buffer.from("-----BEGIN acme-fleet-intermediate\n").toString("base64"),
      },
    });
    expect(inputsOf("fieldlake:azure:EnrolmentGroup", "acme-ingest-devices")).toEqual({
      endpoint: `${autoName("acme-enrolment")}.azure-devices-provisioning.net`,
      groupId: "devices",
      certificate: "issuer",
      hub: host,
      enabled: true,
    });
  });

  test("who is revoked is named: nothing of this stack shuts a device out of the hub", async () => {
    const { parts: revoking } = await recordAzure({ ...hub, fleet: { revoked: ["wrist-02", "0AFF"] } });
    expect(revoking.fleet.exceptions.map(({ rule }) => rule)).toEqual([
      "azure-iothub-revoke-by-list",
      "azure-iothub-revoke-by-list",
    ]);
  });

  test("nothing of Event Grid's broker is left", () => {
    expect(
      recording
        .inventory()
        .filter((line) =>
          /eventgrid:(Namespace|Topic|TopicSpace|Client|CaCertificate|PermissionBinding) /.test(line),
        ),
    ).toEqual([]);
  });
});

describe("a device", () => {
  test("is told where it registers before its first connection", async () => {
    expect((await settled(parts.ingest.connection)).registration).toEqual({
      host: "global.azure-devices-provisioning.net",
      idScope: expect.stringMatching(/^0ne[0-9A-F]{8}$/),
    });
  });

  test("is told the same as with Event Grid, but for endpoint, registration, MQTT versions, user name, topics and upload", async () => {
    const here = await settled(parts.ingest.connection);
    const there = await settled((await recordAzure(frugal)).parts.ingest.connection);
    const { host: _h, mqtt: m, topics: _t, clients: _c, registration: _r, upload, ...same } = here;
    const { host: _h2, mqtt: m2, topics: _t2, clients: _c2, registration, upload: _u, ...other } = there;
    expect(same).toEqual(other);
    expect(registration).toBeNull();
    // Nothing here knows the fleet that a function could ask: it takes a registry in the cloud.
    expect(upload).toBeNull();
    expect({ ...m, userName: m2.userName, versions: m2.versions }).toEqual(m2);
    expect(m.userName).toBe(`${host}/{id}/?api-version=2021-04-12`);
    expect(here.topics).toEqual(hubTopics);
    expect(here.clients.mosquitto_pub).toContain(`-u '${m.userName}'`);
  });

  test.each(Object.keys(deviceTopics) as (keyof typeof deviceTopics)[])(
    "%s: what is sent on the hub's topic is filed under the contract's",
    (kind) => {
      const [contract, mapped] = [deviceTopics[kind], hubTopics[kind]];
      expect(mapped.direction).toBe(contract.direction);
      expect(mapped.topic.startsWith("devices/{id}/")).toBe(true);
      if (mapped.direction === "subscribe") return;
      const [, channel = ""] = /\/messages\/events\/channel=(.+)$/.exec(mapped.topic) ?? [];
      const record = {
        ...{ id: "1", sequenceNumber: "1", partitionKey: null, arrivalMs: 0, data: new Uint8Array(1) },
        systemProperties: { "iothub-connection-device-id": "d1" },
        properties: { channel: decodeURIComponent(channel).replace(/\{\w+\}/g, "x") },
      };
      const { message, fault } = openIotHub(record, { tenant: "acme", position: "1", receivedAt: 0 });
      expect(fault).toBeNull();
      expect(`devices/${message.deviceId}/${message.channel}`).toBe(
        contract.topic.replace("{id}", "d1").replace(/\{\w+\}/g, "x"),
      );
    },
  );
});
