/** The sample devices' renewal against the site's enrolment. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { DeviceCredentials } from "../../../fleet/est/client.ts";
import { keyIdOf } from "../../../fleet/registry/key-id.ts";
import { RenewingCredentials } from "../../../samples/renewal.ts";
import { enrolmentBench, type EnrolmentBench } from "./support.ts";

let bench: EnrolmentBench;
beforeAll(async () => {
  bench = await enrolmentBench();
});
afterAll(() => bench.remove());

/** A device with a certificate of ours that began and ends so many days from now. */
async function device(id: string, from: number, until: number): Promise<DeviceCredentials> {
  const { certificate, key } = await bench.authority.issue(id, { from, until });
  const x509 = new X509Certificate(certificate);
  const [issuer] = await bench.registry.issuers();
  await bench.registry.record([
    {
      kind: "certificate",
      certificate: {
        deviceId: id,
        serial: x509.serialNumber.toLowerCase().replace(/^0+/, ""),
        issuer: issuer?.id ?? "",
        notBefore: x509.validFromDate,
        notAfter: x509.validToDate,
        keyId: keyIdOf(x509.publicKey.export({ type: "spki", format: "der" })),
        keyKind: "P-256",
        source: "imported",
        recordedAt: new Date(),
        der: x509.raw,
      },
    },
  ]);
  return { certificate: certificate + bench.authority.certificate, privateKey: key };
}

const server = () => ({
  url: `https://127.0.0.1:${bench.settings.port}`,
  trustBundle: bench.root.certificate,
});

test("a device past two thirds of its certificate's life has the next one by itself, for another key", async () => {
  const before = await device("press-1", -25, 10);
  const renewed = Promise.withResolvers<DeviceCredentials>();
  const failed: Error[] = [];
  const credentials = new RenewingCredentials(before, {
    server: server(),
    onRenewed: renewed.resolve,
    onFailed: (error) => failed.push(error),
    random: () => 0,
  });
  expect(credentials.current).toBe(before);
  credentials.start();
  const after = await renewed.promise;
  credentials.stop();
  expect(failed).toEqual([]);
  expect(credentials.current).toBe(after);
  expect(after.privateKey).not.toBe(before.privateKey);
  const ends = [before, after].map(({ certificate }) =>
    new X509Certificate(certificate).validToDate.getTime(),
  );
  expect(ends[1]).toBeGreaterThan(ends[0] as number);
  expect(await bench.registry.certificatesOf("press-1")).toHaveLength(2);
});

test("a younger one stays as it is, and so does one without a place to renew", async () => {
  const young = new RenewingCredentials(await device("press-2", -10, 20), {
    server: server(),
    random: () => 0,
  });
  const alone = new RenewingCredentials(await device("press-3", -25, 5), { server: null });
  for (const one of [young, alone]) one.start();
  await delay(150);
  for (const one of [young, alone]) one.stop();
  expect(await bench.registry.certificatesOf("press-2")).toHaveLength(1);
  expect(await bench.registry.certificatesOf("press-3")).toHaveLength(1);
});

test("a server that is away is told, and what the device has stays in use", async () => {
  const before = await device("press-4", -25, 5);
  const failed = Promise.withResolvers<Error>();
  const credentials = new RenewingCredentials(before, {
    server: { ...server(), url: "https://127.0.0.1:1" },
    onFailed: failed.resolve,
    random: () => 0,
  });
  credentials.start();
  expect((await failed.promise).message).toContain("ECONNREFUSED");
  credentials.stop();
  expect(credentials.current).toBe(before);
});
