/** Webhook authentication of a namespace, against a server that keeps one as Resource Manager does. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { webhookAdmission } from "../../../provider/resources/webhook-admission.ts";
import {
  azureServer,
  type AzureAnswer,
  type AzureCall,
  type AzureServer,
} from "../../support/azure-server.ts";

const namespace = "/subscriptions/s/resourceGroups/iot/providers/Microsoft.EventGrid/namespaces/acme-broker";
const inputs = {
  namespace,
  management: "management.azure.com",
  url: "https://acme.azurewebsites.net/api/admission",
  audience: "api://acme",
  tenantId: "tenant",
  identity: "/identities/router",
  revision: "1",
};
const set = {
  identity: { type: "UserAssigned", userAssignedIdentity: "/identities/router" },
  endpointUrl: inputs.url,
  azureActiveDirectoryApplicationIdOrUri: "api://acme",
  azureActiveDirectoryTenantId: "tenant",
};
const spaces = { state: "Enabled", maximumSessionExpiryInHours: 1, routeTopicResourceId: "/topics/routed" };

let azure: AzureServer;
let answers: AzureAnswer[];
let properties: Record<string, unknown> | null;
/** States that are seen before the change is through. */
let states: string[];

function manager({ method, path, query, body }: AzureCall): AzureAnswer {
  const answer = answers.shift();
  if (answer !== undefined) return answer;
  if (path !== `management.azure.com${namespace}` || query !== "api-version=2025-07-15-preview")
    return { status: 400 };
  if (properties === null) return { status: 404 };
  if (method === "PATCH") {
    properties = { ...properties, ...(JSON.parse(body.toString()) as { properties: object }).properties };
    return { status: 202 };
  }
  return { status: 200, body: { properties: { ...properties, provisioningState: states.shift() } } };
}

beforeEach(async () => {
  answers = [];
  states = [];
  properties = {
    publicNetworkAccess: "Enabled",
    topicSpacesConfiguration: {
      ...spaces,
      hostname: "acme.ts.eventgrid.azure.net",
      clientAuthentication: { alternativeAuthenticationNameSources: ["ClientCertificateSubject"] },
    },
  };
  azure = await azureServer(manager);
});
afterEach(() => azure.close());

const resource = () =>
  webhookAdmission({ env: { FIELDLAKE_AZURE_ENDPOINT: azure.address }, firstPause: 1, wait: 1 });
const spacesNow = () => properties?.["topicSpacesConfiguration"];

describe("webhook admission", () => {
  test("is set beside what the namespace has, which is sent along whole, and is waited for", async () => {
    states = ["Succeeded", "Updating", "Updating", "Succeeded"];
    const { id } = await resource().create("admission", inputs);
    expect(id).toBe(`${namespace}/webhookAuthentication`);
    expect(spacesNow()).toEqual({
      ...spaces,
      clientAuthentication: {
        alternativeAuthenticationNameSources: ["ClientCertificateSubject"],
        webhookAuthentication: set,
      },
    });
    expect(azure.calls.map(({ method }) => method)).toEqual(["GET", "PATCH", "GET", "GET", "GET"]);
    expect(azure.calls[1]?.headers["authorization"]).toBe("Bearer none");
  });

  test("is set again when the namespace's other settings change, and found out when somebody took it away", async () => {
    const { id } = await resource().create("admission", inputs);
    expect(await resource().diff(id, inputs, inputs)).toEqual({ changes: false });
    expect(await resource().diff(id, inputs, { ...inputs, revision: "2" })).toEqual({ changes: true });
    expect(await resource().diff(id, inputs, { ...inputs, namespace: `${namespace}2` })).toMatchObject({
      replaces: ["namespace"],
    });
    expect(await resource().read(id, inputs)).toEqual({
      url: inputs.url,
      audience: "api://acme",
      tenantId: "tenant",
      identity: "/identities/router",
    });
    // What a change of the namespace by the stable API leaves.
    properties = { ...properties, topicSpacesConfiguration: spaces };
    expect(await resource().read(id, inputs)).toBeNull();
    await resource().update(id, inputs, { ...inputs, url: "https://other.example/admission" });
    expect(spacesNow()).toMatchObject({
      clientAuthentication: { webhookAuthentication: { endpointUrl: "https://other.example/admission" } },
    });
  });

  test("is taken away, and gone is gone", async () => {
    await resource().create("admission", inputs);
    await resource().delete("id", inputs);
    expect(spacesNow()).toMatchObject({ clientAuthentication: { webhookAuthentication: null } });
    properties = null;
    await resource().delete("id", inputs);
    expect(await resource().read("id", inputs)).toBeNull();
    await expect(resource().create("admission", inputs)).rejects.toThrow(/there is no namespace/);
  });

  test("a change that Azure gives up is an error, and so is a refusal", async () => {
    states = ["Succeeded", "Failed"];
    await expect(resource().create("admission", inputs)).rejects.toThrow(/is Failed after the change/);
    answers = [
      { status: 200, body: { properties } },
      { status: 403, body: { error: "no right" } },
    ];
    await expect(resource().create("admission", inputs)).rejects.toThrow(
      /^webhook admission of .* was not set: HTTP 403 .*no right.*give who deploys the role/,
    );
  });

  test("a token is asked for Azure's own managers only, and a webhook has TLS", () => {
    const faults = resource().check(
      { ...inputs, management: "management.azure.com.evil.example", url: "http://x", namespace: "/x" },
      null,
    );
    expect(faults.map(({ property }) => property)).toEqual(["management", "namespace", "url"]);
    expect(resource().check(inputs, null)).toEqual([]);
  });
});
