/** An environment that a cloud's report function tells of: names that attack, an alarm, a certificate that ends, files. */
import { createHash } from "node:crypto";
import { expect } from "@jest/globals";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";
import { alarmRules } from "../../../functions/core/alarm-rule.ts";
import type { FleetRegistry } from "../../../fleet/registry/registry.ts";
import { keptReports, reportKey } from "../../../functions/cloud-report/kept.ts";
import type { ReportPorts } from "../../../functions/cloud-report/run.ts";
import type { LatestState } from "../../../functions/ports.ts";
import { certificate, issuerChange } from "../../fleet/registry/support.ts";
import { TestAuthority } from "../../site/support/certificates.ts";
import { pdfText } from "../../support/pdf-text.ts";

export const day = 86_400_000;
/** Of a device that was silent for two days. */
export const hostile = `<img src=x onerror=alert(1)> ")`;

export interface Stores {
  readonly latest: LatestState;
  readonly documents: KeptDocuments;
  readonly registry: FleetRegistry;
  readonly objects: ReportPorts["objects"];
  /** Buckets, or addresses of containers. */
  readonly curated: string;
  readonly quarantine: string;
}

/** PEM that ends in a year, as that of an issuer does. */
export const issuerPem = async (): Promise<string> =>
  (await (await TestAuthority.create("issuer")).issue("issuer")).certificate;

export async function fill(stores: Stores, now: number): Promise<void> {
  const { latest, documents, registry, objects, curated, quarantine } = stores;
  const value = { subDevice: null, metric: "temperature", value: 91, unit: null, quality: 0 };
  const at = (now - 2 * day) * 1000;
  await latest.keep([{ ...value, deviceId: hostile, ts: at, ingestTs: at }]);

  const [rule] = alarmRules.parse([{ kind: "limit", name: "hot", metric: "temperature", above: 80 }]);
  const alarm = { subject: { device: hostile, sub: null, metric: "temperature" }, value: 91, evidence: null };
  await new CloudBook({ documents, now: () => now, tell: async () => undefined }).raise({
    ...alarm,
    ...{
      rule: rule!,
      raisedAt: (now - 3_600_000) * 1000,
      detail: "temperature is 91, above 80 \u2103 \u202e<b>",
    },
  });

  const enrolledAt = new Date(now);
  const ending = { notBefore: enrolledAt, recordedAt: enrolledAt, notAfter: new Date(now + 5 * day) };
  await registry.record([issuerChange]);
  await registry.record([
    { kind: "device", device: { id: "press-01", profile: null, source: "issued", enrolledAt } },
    { kind: "certificate", certificate: certificate("press-01", ending) },
  ]);

  const today = new Date(now).toISOString().slice(0, 10);
  const file = (bytes: number) => Buffer.alloc(bytes, "p");
  await objects.create(curated, `readings/dt=${today}/hr=00/a.parquet`, file(1_500));
  await objects.create(curated, `frames_imu/dt=${today}/hr=00/b.parquet`, file(4_000));
  await objects.create(quarantine, `quarantine/dt=${today}/hr=00/c.parquet`, file(700));
  // A record of a file that a crash left half written: volume is counted by files.
  await objects.create(curated, `_manifest/readings/dt=${today}/hr=00/a.parquet.json`, Buffer.from("{"));
}

export interface Opened {
  readonly html: string;
  readonly pdf: string;
  /** Of the stored bytes of both. */
  readonly hash: string;
}

/** A report out of the lake: its HTML, and what its PDF shows. */
export async function opened(
  { objects, list }: Pick<ReportPorts, "objects" | "list">,
  curated: string,
  id: string,
): Promise<Opened> {
  const kept = (await keptReports(list, curated)).find((one) => one.id === id);
  const [html, pdf] = [
    await objects.read(curated, reportKey(id, "html")),
    await objects.read(curated, reportKey(id, "pdf")),
  ];
  expect(kept?.sizes).toEqual({ html: html.length, pdf: pdf.length });
  expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
  const hash = createHash("sha256").update(html).update(pdf).digest("hex");
  // Lines are broken where a cell ends.
  return { html: Buffer.from(html).toString(), pdf: pdfText(pdf).replace(/ +/g, " "), hash };
}

/** What {@link fill} put there, in both forms, and no markup of a device. */
export function expectWhole({ html, pdf }: Opened, now: number): void {
  const today = new Date(now).toISOString().slice(0, 10);
  const ends = new Date(now + 5 * day).toISOString().slice(0, 10);
  for (const form of [html, pdf]) {
    expect(form).toContain("Fieldlake report: acme");
    expect(form).not.toContain("not whole");
    for (const said of [today, ends, "press-01", "1.5 kB", "4.0 kB", "700 B", "frames_imu", "hot: "])
      expect(form).toContain(said);
  }
  expect(html).toContain("&lt;img src=x onerror=alert(1)&gt; &quot;)");
  expect(html).toContain("above 80 \u2103 \u202e&lt;b&gt;");
  expect(html).not.toMatch(/<(img|b)\b(?!ody)/);
  expect(html).not.toMatch(/<script|https?:/i);
  expect(pdf).toContain(String.raw`temperature is 91, above 80 \u{2103} \u{202e}<b>`);
  expect(pdf).toContain(hostile);
}
