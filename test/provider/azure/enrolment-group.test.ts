/** An enrolment group against a server that keeps groups as the provisioning service does: by ETag. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { enrolmentGroup } from "../../../provider/resources/enrolment-group.ts";
import { azureServer, type AzureAnswer, type AzureServer } from "../../support/azure-server.ts";
import { EnrolmentGroups } from "../../support/enrolment-groups.ts";

const endpoint = "acme-dps.azure-devices-provisioning.net";
const path = `${endpoint}/enrollmentGroups/devices`;
const inputs = {
  endpoint,
  groupId: "devices",
  certificate: "issuer",
  hub: "acme.azure-devices.net",
  enabled: true,
};

let azure: AzureServer;
let service: EnrolmentGroups;
let failures: AzureAnswer[];

beforeEach(async () => {
  service = new EnrolmentGroups();
  failures = [];
  azure = await azureServer((call) => failures.shift() ?? service.answer(call));
});
afterEach(() => azure.close());

const resource = () => enrolmentGroup({ env: { FIELDLAKE_AZURE_ENDPOINT: azure.address }, firstPause: 1 });
const methods = () => azure.calls.map(({ method }) => method);
const change = (over: object) => {
  service.change(path, over);
};

describe("enrolment group", () => {
  test("is created as asked: by a CA certificate, to one hub", async () => {
    const { id, outputs } = await resource().create("group", inputs);
    expect([id, outputs]).toEqual([`${endpoint}/devices`, { etag: '"1"' }]);
    expect(service.byPath.get(path)).toEqual({
      enrollmentGroupId: "devices",
      attestation: { type: "x509", x509: { caReferences: { primary: "issuer" } } },
      iotHubs: ["acme.azure-devices.net"],
      provisioningStatus: "enabled",
      etag: '"1"',
    });
    expect(azure.calls.every(({ headers }) => headers["authorization"] === "Bearer none")).toBe(true);
  });

  test("a create that comes again, its answer lost, finds its own group; another's is not overwritten", async () => {
    await resource().create("group", inputs);
    expect((await resource().create("group", inputs)).outputs).toEqual({ etag: '"1"' });
    expect(methods()).toEqual(["GET", "PUT", "GET"]);
    await expect(resource().create("group", { ...inputs, hub: "other.azure-devices.net" })).rejects.toThrow(
      /^the enrolment group devices of acme-dps.* is there already and another one/,
    );
  });

  test("an update replaces the version that it knows; the same update twice is one", async () => {
    const { id, outputs } = await resource().create("group", inputs);
    const news = { ...inputs, enabled: false };
    expect(await resource().update(id, { ...inputs, ...outputs }, news)).toEqual({ etag: '"2"' });
    expect(await resource().update(id, { ...inputs, ...outputs }, news)).toEqual({ etag: '"2"' });
    expect(service.byPath.get(path)?.["provisioningStatus"]).toBe("disabled");
    expect(service.version).toBe(2);
  });

  test("412: a change of somebody else's is not overwritten unseen", async () => {
    const { id, outputs } = await resource().create("group", inputs);
    change({ provisioningStatus: "disabled" });
    await expect(
      resource().update(id, { ...inputs, ...outputs }, { ...inputs, certificate: "next" }),
    ).rejects.toThrow(/changed by somebody else \(HTTP 412\): run pulumi refresh/);
    expect(service.byPath.get(path)?.["provisioningStatus"]).toBe("disabled");
  });

  test("drift shows at a refresh, and the next update puts it right", async () => {
    const { id, outputs } = await resource().create("group", inputs);
    change({ provisioningStatus: "disabled", iotHubs: ["other.azure-devices.net"] });
    const seen = await resource().read(id, { ...inputs, ...outputs });
    expect(seen).toEqual({
      certificate: "issuer",
      hub: "other.azure-devices.net",
      enabled: false,
      etag: '"2"',
    });
    const olds = { ...inputs, ...seen };
    expect(await resource().diff(id, olds, inputs)).toEqual({ changes: true });
    await resource().update(id, olds, inputs);
    expect(service.byPath.get(path)).toMatchObject({ provisioningStatus: "enabled", iotHubs: [inputs.hub] });
  });

  test("what is unchanged is not asked about; another service or id is another group", async () => {
    expect(await resource().diff("id", { ...inputs, etag: '"1"' }, inputs)).toEqual({ changes: false });
    expect(await resource().diff("id", { ...inputs, groupId: "a" }, inputs)).toEqual({
      changes: true,
      replaces: ["groupId"],
    });
    expect(azure.calls).toEqual([]);
  });

  test("is deleted whatever its version, and gone is gone", async () => {
    const { id, outputs } = await resource().create("group", inputs);
    change({});
    await resource().delete(id, { ...inputs, ...outputs });
    expect(service.byPath.size).toBe(0);
    await resource().delete(id, { ...inputs, ...outputs });
    expect(await resource().read(id, { ...inputs, ...outputs })).toBeNull();
  });

  test("throttling and server errors pass", async () => {
    failures = [{ status: 429, headers: { "retry-after": "0" } }, { status: 503 }, { status: 500 }];
    await resource().create("group", inputs);
    expect(service.byPath.size).toBe(1);
  });

  test.each<[number, RegExp]>([
    [401, /can't be read: HTTP 401 ; sign in again \(az login\), or look at the ARM_\* variables$/],
    [403, /HTTP 403 ; give who deploys the role/],
    [429, /HTTP 429 ; Azure still throttles after several attempts/],
    [500, /HTTP 500/],
  ])("%i for good: an error that says what to do", async (status, message) => {
    failures = Array.from({ length: 7 }, () => ({ status }));
    await expect(resource().create("group", inputs)).rejects.toThrow(message);
  });

  test("bad input is refused before anything is asked", () => {
    const faults = resource().check({ ...inputs, endpoint: "https://x", groupId: "-" }, null);
    expect(faults.map(({ property }) => property)).toEqual(["endpoint", "groupId"]);
    expect(azure.calls).toEqual([]);
  });
});
