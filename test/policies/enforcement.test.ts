/** The pack on a program that is not ours, by the real engine: a mandatory violation stops plan and update alike. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Graph } from "../../policies/kit/graph.ts";
import { judge } from "../../policies/kit/judge.ts";
import { sealedKeyRules } from "../../policies/rules/device-identity/sealed-keys.ts";
import { graphOfPreview } from "../../policies/sources/preview.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { EngineProject } from "../provider/offline/engine-project.ts";

const pack = ["--policy-pack", join(process.cwd(), "policies")];
const program = `
  import { Config, unsecret } from "@pulumi/pulumi";
  import { PrivateKey } from "@pulumi/tls";
  new PrivateKey("strong", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const own = new PrivateKey("own", { algorithm: "RSA", rsaBits: new Config().requireNumber("bits") });
  export const sealedKey = own.privateKeyPem;
  export const clearKey = unsecret(own.privateKeyPem);
`;

let project: EngineProject;
beforeAll(async () => {
  project = await EngineProject.create(program);
}, 60_000);
afterAll(() => project.remove());

const refused = async (running: Promise<string>): Promise<string> =>
  running.then(
    (text) => Promise.reject(new Error(`it was let through:\n${text}`)),
    (error: Error) => error.message,
  );

test("a key that is too short stops the preview, with rule, resource, why and fix", async () => {
  const text = await refused(project.pulumi("preview", "--config", "bits=1024", ...pack));
  expect(text).toMatch(/\[mandatory\].*local-key-require-strength/);
  expect(text).toMatch(/PrivateKey: own/);
  expect(text).toContain("Shorter keys can be computed from the certificate.");
  expect(text).toContain('set algorithm "ECDSA" and ecdsaCurve "P256" or more');
  expect(text).not.toMatch(/PrivateKey: strong/);
}, 60_000);

test("and an update, before it makes anything", async () => {
  const text = await refused(project.pulumi("up", "--yes", ...pack));
  expect(text).toMatch(/\[mandatory\].*local-key-require-strength/);
  expect((await project.export()).deployment.resources ?? []).toEqual([]);
}, 60_000);

test("one that is long enough passes", async () => {
  const text = await project.up("--config", "bits=2048", ...pack);
  // The engine hands a policy both keys as text: it says nothing of either.
  expect(text).toMatch(/✅ fieldlake@v/);
  expect((await project.export()).deployment.resources.map(({ urn }) => urn.split("::").at(-1))).toEqual(
    expect.arrayContaining(["strong", "own"]),
  );
}, 60_000);

test("a key that the stack gives out in clear text is told by the state, which marks what is sealed, and not before", async () => {
  const failed = (graph: Graph) =>
    judge(graph, sealedKeyRules).findings.flatMap(({ resource, checks }) =>
      checks.flatMap(({ outcome, property }) => (outcome === "fail" ? [`${resource.type} ${property}`] : [])),
    );
  const expected = ["pulumi:pulumi:Stack clearKey"];
  expect(failed(graphOfState(JSON.stringify(await project.export()), "state"))).toEqual(expected);
  const text = await project.pulumi("preview", "--json", "--config", "bits=2048", ...pack);
  expect(failed(graphOfPreview(text))).toEqual(expected);
}, 60_000);
