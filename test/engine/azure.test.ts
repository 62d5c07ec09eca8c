/** azure-dev as it is shipped, by the real engine with the offline provider, without credentials. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import type { Finding } from "../../policies/kit/rule.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { azureServer, deploys, type AzureServer } from "../support/azure-server.ts";
import { EnrolmentGroups } from "../support/enrolment-groups.ts";
import { createCloudStack, type CloudStack, type Step } from "./support/cloud-stack.ts";
import {
  countedOf,
  expectGuarded,
  expectMadeAsPlanned,
  expectRemoved,
  expectThreeMistakes,
  expectUnchanged,
} from "./support/cloud-checks.ts";
import { planCommand, type Planned } from "./support/plan-command.ts";
import { hasEngine } from "./support/stack.ts";

const minutes = 60_000;
const isFailure = ({ verdict }: Finding): boolean => verdict === "fail";
let stack: CloudStack;
let azure: AzureServer;

beforeAll(async () => {
  if (!(await hasEngine())) throw new Error("there is no engine on PATH: run npm test, which brings one in");
  azure = await azureServer(deploys);
  stack = await createCloudStack("Pulumi.azure-dev.yaml", {
    env: { FIELDLAKE_AZURE_ENDPOINT: azure.address },
  });
}, 2 * minutes);
afterAll(async () => {
  await stack.dispose();
  await azure.close();
}, 5 * minutes);

describe("the environment azure-dev", () => {
  let planned: Planned;

  test(
    "mistakes come back at once, and nothing is planned",
    async () => {
      const text = await expectThreeMistakes(
        "Pulumi.azure-dev.yaml",
        "fieldlake:azure: { hierarchicalNamespace: true, replicaLocation: northeurope, eventHubs: { customerKey: true } }",
        'fieldlake:key: { kind: own, reference: "https://mine.vault.azure.net/keys/k" }',
      );
      expect(text).toContain("only the premium tier takes a key of yours");
    },
    2 * minutes,
  );

  test(
    "npm run plan plans everything, tells what it touches and costs, and asks no data plane",
    async () => {
      planned = await planCommand("azure-dev", { FIELDLAKE_AZURE_ENDPOINT: azure.address });
      const { plan } = planned;
      expect(planned.text).toMatch(/OFFLINE: Azure is not asked/);
      expect(plan.resources).toBe(countedOf(planned).length - 1);
      expect(plan.resources).toBeGreaterThan(120);
      expect(plan).toMatchObject({ target: "azure", region: "westeurope", policies: { passed: true } });
      expect(plan.capabilities).toMatchObject({ customerManagedKeyOnIngest: false });
      expect(plan.exceptions.map(({ rule }) => rule)).toContain("azure-eventhub-require-customer-key");
      expect(plan.quotas.map(({ quota, limit }) => [quota, limit])).toContainEqual([
        "Event Grid clients and sessions of a unit",
        10_000,
      ]);
      expect(plan.costs.lines.find(({ item }) => item === "broker")?.usdPerMonth).toBe(29.2);
      expect(azure.calls).toEqual([]);
    },
    3 * minutes,
  );

  test(
    "up makes what was planned and publishes the apps; no private key lies plain in the state",
    async () => {
      await expectMadeAsPlanned(stack, planned, "Azure");
      const published = azure.calls.filter(({ method }) => method === "POST").map(({ path }) => path);
      expect(published.sort()).toEqual([
        expect.stringMatching(/^demo-ingest-grant[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-knowledge-api[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-knowledge-compact[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-knowledge-insight[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-knowledge-query[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-knowledge-report[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-stream-decoder[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
        expect.stringMatching(/^demo-stream-upload[a-z0-9-]*\.scm\.azurewebsites\.net\/api\/publish$/),
      ]);
    },
    5 * minutes,
  );

  test(
    "what is there passes the pack, and is caught when any of its properties is weakened",
    async () => {
      await expectGuarded(stack);
    },
    2 * minutes,
  );

  test(
    "a second up changes nothing",
    async () => {
      await expectUnchanged(stack, planned);
    },
    3 * minutes,
  );

  test(
    "the example for production is planned: what holds data is reached by private endpoints alone",
    async () => {
      const prod = await createCloudStack("Pulumi.azure-prod.yaml");
      const steps = await prod.preview();
      await prod.dispose();
      const access = steps.flatMap(({ type, name, inputs }) => {
        const {
          properties,
          publicNetworkAccess = (properties as Step["inputs"] | undefined)?.["publicNetworkAccess"],
        } = inputs;
        return publicNetworkAccess === undefined ? [] : [[type, name, publicNetworkAccess]];
      });
      const open = access.filter(([, , how]) => how !== "Disabled").map(([type]) => type);
      // Devices come from outside, and the broker publishes to the topic as an identity from Azure's own addresses.
      expect(open).toEqual(["azure-native:eventgrid:Topic", "azure-native:eventgrid:Namespace"]);
      expect(access.length).toBeGreaterThan(10);
      expect(steps.filter(({ type }) => type.endsWith(":PrivateEndpoint"))).toHaveLength(20);
    },
    3 * minutes,
  );

  test(
    "destroy leaves nothing behind",
    async () => {
      await expectRemoved(stack);
    },
    5 * minutes,
  );
});

describe("the profile iothub with enrolment, its raw zone to be locked", () => {
  const enrolment = new EnrolmentGroups();
  let dataPlanes: AzureServer;
  let hub: CloudStack;
  const update = (...more: string[]) => hub.pulumi("up", "--yes", "--skip-preview", ...more);

  beforeAll(async () => {
    dataPlanes = await azureServer((call) =>
      call.path.includes("/enrollmentGroups/") ? enrolment.answer(call) : deploys(call),
    );
    hub = await createCloudStack("Pulumi.azure-dev.yaml", {
      env: { FIELDLAKE_AZURE_ENDPOINT: dataPlanes.address },
    });
  }, 2 * minutes);
  afterAll(async () => {
    await hub.dispose();
    await dataPlanes.close();
  }, 5 * minutes);

  test(
    "a lock that is asked for before there is anything to lock stops the plan",
    async () => {
      await hub.configure(
        "fieldlake:azure: { ingest: iothub, enrolment: {}, writeOnce: { days: 10, mode: locked } }",
      );
      const { status, text } = await hub.pulumi("preview");
      expect([status, text]).toEqual([
        expect.any(Number),
        expect.stringContaining(
          'fieldlake:azure.writeOnce.mode: received "locked" for an account that is not there yet; allowed at first: unlocked',
        ),
      ]);
      expect(status).not.toBe(0);
      expect(dataPlanes.calls).toEqual([]);
    },
    2 * minutes,
  );

  test(
    "up makes it, tells devices where they register and fetch certificates, and enrols them; a second up changes nothing",
    async () => {
      await hub.reconfigure("mode: locked", "mode: unlocked");
      const { status, text } = await update();
      expect([status, text.split("\n").slice(-15).join("\n")]).toEqual([
        0,
        expect.stringMatching(/\d+ created/),
      ]);
      const state = await hub.state();
      // What the enrolment apps sign with is a secret.
      expect(state).not.toContain("PRIVATE KEY");
      const { deployment } = JSON.parse(state) as {
        deployment: { resources: { type: string; outputs: Record<string, unknown> }[] };
      };
      const outputs = deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
      expect(outputs?.["connection"]).toMatchObject({
        host: expect.stringMatching(/\.azure-devices\.net$/),
        registration: {
          host: "global.azure-devices-provisioning.net",
          idScope: expect.stringMatching(/^0ne[0-9A-F]{8}$/),
        },
        enrolmentUrl: expect.stringMatching(/^https:\/\/demo-fleet-enrol[0-9a-f]{8}\.azurewebsites\.net$/),
        renewalUrl: expect.stringMatching(/^https:\/\/demo-fleet-renew[0-9a-f]{8}\.azurewebsites\.net$/),
      });
      expect(judge(graphOfState(state, "state"), rules).findings.filter(isFailure)).toEqual([]);
      expect([...enrolment.byPath.values()]).toEqual([
        expect.objectContaining({ enrollmentGroupId: "devices", provisioningStatus: "enabled" }),
      ]);
      const again = await update("--expect-no-changes");
      expect([again.status, again.text]).toEqual([0, expect.stringMatching(/\d+ unchanged/)]);
    },
    5 * minutes,
  );

  test(
    "then the lock is taken, and not taken back",
    async () => {
      await hub.reconfigure("mode: unlocked", "mode: locked");
      const locked = await update();
      // The promise, the account and the component that shows it: none is replaced.
      expect([locked.status, locked.text]).toEqual([
        0,
        expect.stringMatching(/Resources:\n +~ 3 updated\n +\d+ unchanged\n/),
      ]);
      await hub.reconfigure("mode: locked", "mode: unlocked");
      const { status, text } = await hub.pulumi("preview");
      expect(text).toContain("nobody can take a lock back");
      expect(status).not.toBe(0);
    },
    5 * minutes,
  );

  test(
    "destroy leaves nothing behind, the enrolment group included",
    async () => {
      await expectRemoved(hub);
      expect(enrolment.byPath.size).toBe(0);
    },
    5 * minutes,
  );
});
