/** Devices that come with a claim, from their own side of the wire to the fleet's registry. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { door } from "../../../fleet/admission/door.ts";
import { inProcessSigner } from "../../../fleet/authority/signers/in-process.ts";
import { makeRequest } from "../../../fleet/authority/make-request.ts";
import { verifyRequest } from "../../../fleet/authority/certificate-request.ts";
import { claimHook, type HookEvent } from "../../../fleet/claim/hook.ts";
import { allowed, claimSigner } from "../../../fleet/claim/signer.ts";
import { toPem } from "../../../fleet/x509/pem.ts";
import { registryFacts } from "../../../functions/adapters/registry-door.ts";
import { createHandler } from "../../../functions/handlers/aws-claim-signer.ts";
import { provisionByClaim, type ClaimPlace } from "../../../samples/claim.ts";
import { makeAuthority } from "../authority/support.ts";
import { estFleet, type EstFleet } from "../est/support.ts";
import { TestAuthority, type KeyAndCertificate } from "../../site/support/certificates.ts";
import { idOf, startIotCore } from "./iot-core.ts";

const template = "acme-claim";
const claim = {
  clientId: "claim.{id}",
  createTopic: "$aws/certificates/create-from-csr/json",
  provisionTopic: `$aws/provisioning-templates/${template}/provision/json`,
  parameters: { DeviceId: "{id}" },
};
let fleet: EstFleet;
let core: Awaited<ReturnType<typeof startIotCore>>;
let place: ClaimPlace;
let shared: KeyAndCertificate;
let other: KeyAndCertificate;
let taken = 0;
let hook: (event: HookEvent) => ReturnType<ReturnType<typeof claimHook>>;
const refusals: string[] = [];

beforeAll(async () => {
  jest.spyOn(console, "warn").mockImplementation((line) => void refusals.push(String(line)));
  fleet = await estFleet();
  const amazon = await TestAuthority.create("amazon");
  const server = await amazon.issue("localhost", { usages: ["serverAuth"] });
  // Of nobody's authority: IoT Core knows each by itself.
  const maker = await TestAuthority.create("maker");
  [shared, other] = [await maker.issue("claim of line 1"), await maker.issue("claim of line 2")];
  const { options, registry } = fleet;
  const judge = door({
    environment: options.environment,
    enrolment: "registered",
    now: () => new Date(Date.now() + fleet.ahead),
    ...registryFacts(registry, {}),
  });
  hook = claimHook(judge, registry);
  core = await startIotCore({
    ...{ server, template },
    claims: new Set([idOf(new X509Certificate(shared.certificate))]),
    sign: createHandler({ ...options, allowance: async () => (taken >= allowed.most ? 3 : 0) }),
    hook: async (event) => ({ allowProvisioning: (await hook(event)).allow }),
  });
  place = { host: "localhost", port: core.port, trustBundle: amazon.certificate, claim };
});
afterAll(async () => {
  jest.restoreAllMocks();
  await core.stop();
  await fleet.remove();
});

const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pemOf = (key = newKey()): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const come = (deviceId: string, token: string, privateKey = pemOf(), as = shared) =>
  provisionByClaim(
    place,
    { certificate: as.certificate, privateKey: as.key },
    { deviceId, token, privateKey },
  );

describe("a device with a claim", () => {
  test("and a token gets a certificate of the fleet's authority, becomes a thing, and renews with it by EST", async () => {
    const { certificate, privateKey } = await come("press-1", await fleet.invite("press-1"));
    const read = new X509Certificate(certificate);
    expect(read.verify(new X509Certificate(fleet.authority.certificate).publicKey)).toBe(true);
    expect(read.subjectAltName).toBe("URI:urn:fleet:plant-7:press-1");
    expect(privateKey).toContain("PRIVATE KEY");
    expect(core.things.get("press-1")).toBe(idOf(read));
    expect(await fleet.registry.certificatesOf("press-1")).toHaveLength(1);
    fleet.ahead += 3_600_001;
    const key = newKey();
    const next = await fleet.renew(read, await makeRequest("press-1", inProcessSigner(key, "key")));
    expect(next.status).toBe(200);
  });

  test("whose answer got lost asks again with the same key, and gets the same certificate", async () => {
    const [token, key] = [await fleet.invite("press-2"), pemOf()];
    const [first, second] = [await come("press-2", token, key), await come("press-2", token, key)];
    expect(second.certificate).toBe(first.certificate);
    expect(await fleet.registry.certificatesOf("press-2")).toHaveLength(1);
  });

  test("gets nothing for a token that was used, of another device, of another fleet, too old, or none", async () => {
    const used = await fleet.invite("press-3");
    await come("press-3", used);
    const others = await fleet.invite("press-4");
    const denied = expect.objectContaining({ status: 403, name: "ClaimError" });
    await expect(come("press-3", used)).rejects.toEqual(denied);
    await expect(come("press-5", others)).rejects.toEqual(denied);
    await expect(come("press-5", "1.2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).rejects.toEqual(denied);
    await expect(come("press-5", "")).rejects.toEqual(denied);
    const old = await fleet.invite("press-6", 1);
    fleet.ahead += 2 * 86_400_000;
    await expect(come("press-6", old)).rejects.toEqual(denied);
    fleet.ahead -= 2 * 86_400_000;
    expect(core.things.has("press-5")).toBe(false);
    expect(await fleet.registry.certificatesOf("press-5")).toEqual([]);
    expect(refusals.join("\n")).toContain("press-3: the bootstrap token was used, or a newer one was made");
    // Whoever reads the log gets in by nothing of it.
    for (const token of [used, others, old]) expect(refusals.join("\n")).not.toContain(token);
  });

  test("is not let in with a claim that nobody registered", async () => {
    await expect(come("press-7", await fleet.invite("press-7"), pemOf(), other)).rejects.toThrow(
      "localhost:",
    );
    expect(await fleet.registry.certificatesOf("press-7")).toEqual([]);
  });

  test("waits where its claim is asked with too much", async () => {
    taken = allowed.most;
    await expect(come("press-8", await fleet.invite("press-8"))).rejects.toMatchObject({ status: 403 });
    taken = 0;
    expect(refusals.at(-1)).toContain("too many requests with the claim");
    expect(await fleet.registry.certificatesOf("press-8")).toEqual([]);
  });
});

test("requests that are none are refused before anything is looked up", async () => {
  const sign = claimSigner({ ...fleet.options, allowance: async () => 0 });
  const asked = (name: string, challenge?: string) =>
    makeRequest(name, inProcessSigner(newKey(), "key"), challenge);
  const inPem = (der: Uint8Array) => toPem(der, "CERTIFICATE REQUEST");
  const request = async (name: string, challenge?: string) => inPem(await asked(name, challenge));
  const der = await asked("press-9", "x.y.z");
  const good = inPem(der);
  // The last byte is one of the signature.
  const broken = inPem(Uint8Array.from(der, (byte, at) => (at === der.length - 1 ? byte ^ 1 : byte)));
  for (const csr of [undefined, "", "no PEM", good.slice(0, 90), "x".repeat(40_000), good + good, broken])
    await expect(sign(csr === undefined ? {} : { certificateSigningRequest: csr })).rejects.toThrow(
      /received|signature/,
    );
  for (const name of ["*", "../press-9", "PRESS-9", "claim.press-9"])
    await expect(sign({ certificateSigningRequest: await request(name, "x.y.z") })).rejects.toThrow("CN: ");
  await expect(sign({ certificateSigningRequest: await request("press-9") })).rejects.toThrow(
    "press-9: the request has no bootstrap token as its challenge password",
  );
});

test("the hook lets nobody through but the newest certificate of a device that the registry knows, under its own name", async () => {
  const { certificate } = await come("press-10", await fleet.invite("press-10"));
  const asked = (certificatePem: string, DeviceId?: string) =>
    hook({ certificatePem, ...(DeviceId === undefined ? {} : { parameters: { DeviceId } }) });
  expect(await asked(certificate, "press-10")).toEqual({ allow: true, deviceId: "press-10" });
  const denied = (reason: string) => ({ allow: false, reason: expect.stringContaining(reason) });
  expect(await asked(certificate, "press-1")).toEqual(
    denied('DeviceId: received "press-1"; allowed: press-10'),
  );
  expect(await asked(certificate)).toEqual(denied("DeviceId: received null"));
  expect(await hook({})).toEqual(denied("no client certificate"));
  // AWS's own, in the minutes before it asks our signer.
  const amazons = await (await TestAuthority.create("amazon")).issue("press-10");
  expect(await asked(amazons.certificate, "press-10")).toEqual(denied("unknown certificate authority"));
  // Of the fleet's authority, but without the registry.
  const { options } = fleet;
  const request = verifyRequest(await makeRequest("press-10", inProcessSigner(newKey(), "key")), options);
  const issuer = await options.issuer();
  const { der } = await issuer.issue(request, issuer.validity(90));
  const unknown = toPem(der, "CERTIFICATE");
  expect(await asked(unknown, "press-10")).toEqual(denied("not the certificate that the registry knows"));
  const again = await come("press-10", await fleet.invite("press-10"));
  expect(await asked(certificate, "press-10")).toEqual({ allow: false, reason: expect.anything() });
  const serial = new X509Certificate(again.certificate).serialNumber.toLowerCase().replace(/^0+/, "");
  await fleet.registry.record([{ kind: "revoked", serial, at: new Date(), reason: "keyCompromise" }]);
  expect(await asked(again.certificate, "press-10")).toEqual(denied("certificate revoked"));
  expect(await asked((await makeAuthority("press-10")).certificate, "press-10")).toMatchObject({
    allow: false,
  });
});
