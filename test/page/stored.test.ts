/** What lies in the lake, and the environment's resources with their encryption. */
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

const table = (page: Page, name: string) => page.getByRole("table", { name, exact: true });
const rowsOf = (page: Page, name: string) =>
  table(page, name)
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.innerText.trim())),
    );
const fields = (page: Page, name: string) =>
  page
    .locator(`.panel-${name} .fields > div`)
    .evaluateAll((all) =>
      Object.fromEntries(
        all.map((one) => [one.querySelector("dt")?.textContent, one.querySelector("dd")?.textContent]),
      ),
    );

describe("the lake", () => {
  test("has its three zones, each with its size and how it is encrypted", async () => {
    const page = await tests.open("#/lake");
    await page.locator(".zone").first().waitFor();
    const { zones } = await tests.site.lake.stats();
    const shown = await page
      .locator(".zone")
      .evaluateAll((all) => all.map((zone) => (zone as HTMLElement).innerText));
    expect(shown).toHaveLength(3);
    zones.forEach(({ zone, files }, index) => {
      expect(shown[index]?.toLowerCase()).toContain(zone);
      expect(shown[index]).toContain(`${files} file`);
      expect(shown[index]).toContain("AES-256-GCM");
    });
  });

  test("is decoded again: first what would change, then the change, which the lineage keeps; a refusal says why", async () => {
    const page = await tests.open("#/lake");
    const replay = page.locator(".panel-replay");
    await replay.getByRole("button", { name: "See what would change" }).click();
    await table(page, "What would change").waitFor();
    expect(await rowsOf(page, "What would change")).toEqual([["readings", "160", "200", "160"]]);
    expect(await replay.getByRole("status").innerText()).toBe(
      "machine-json@2: 40 messages decoded again, 3 of them from the quarantine, 3 kept as they are, 4 in quarantine without a raw file, 38 windows scored again by activity",
    );
    const codecs = async () =>
      (await rowsOf(page, "Replays")).map(([, codec, messages]) => [codec, messages]);
    expect(await codecs()).toEqual([["wearable-imu@2", "1,000"]]);
    await replay.getByRole("button", { name: "Decode again" }).click();
    await table(page, "What changed").waitFor();
    expect(await codecs()).toEqual([
      ["machine-json@2", "40"],
      ["wearable-imu@2", "1,000"],
    ]);
    await replay.getByLabel("Codec").selectOption("wearable-imu@2");
    await replay.getByRole("button", { name: "Decode again" }).click();
    await replay.getByRole("alert").waitFor();
    expect(await replay.getByRole("alert").innerText()).toContain("wait for its end");
    expect(tests.takeFaults()).toEqual([expect.stringContaining("422")]);
  });

  test("has its tables with rows, files and sizes", async () => {
    const page = await tests.open("#/lake");
    await table(page, "Tables").waitFor();
    const { tables } = await tests.site.lake.stats();
    const shown = await rowsOf(page, "Tables");
    expect(shown.map(([name, rows, files]) => [name, rows, files])).toEqual(
      tables.map(({ table: name, rows, files }) => [name, rows.toLocaleString("en"), String(files)]),
    );
    for (const row of shown) expect(row[3]).toMatch(/^[\d.]+ [kM]?B$/);
  });

  test("has its newest files, newest first, and the log in front of it", async () => {
    const page = await tests.open("#/lake");
    await table(page, "Newest files").waitFor();
    const files = await tests.site.lake.files({ limit: 200 });
    const shown = await rowsOf(page, "Newest files");
    expect(shown.map(([zone, path]) => [zone, path])).toEqual(files.map(({ zone, path }) => [zone, path]));
    const raw = shown.find(([zone]) => zone === "raw");
    expect(raw?.slice(2, 5)).toEqual(["–", expect.stringMatching(/[kM]B$/), "–"]);
    expect(await fields(page, "log")).toMatchObject({
      "Not in files yet": "12",
      "Damaged records": "none",
      "Repeats dropped": "214",
      "Open segments": "1, 4.81 MB",
    });
  });
});

describe("the environment", () => {
  test("lists every resource with what protects it on the way and at rest, and under which key", async () => {
    const page = await tests.open("#/environment");
    await table(page, "Resources and their encryption").waitFor();
    const rows = await rowsOf(page, "Resources and their encryption");
    const key = "3f9c1d0e7a52b864";
    const parquet = "AES-256-GCM (Parquet modular encryption)";
    expect(rows.map(([component, , transit, rest, id]) => [component, transit, rest, id])).toEqual([
      ["DeviceFleet", "client certificate, revocation list", "registry sealed, AES-256-GCM", key],
      ["SecureIngest", "TLS 1.3 (floor 1.2), client certificate required", "nothing stored", "–"],
      ["StreamProcessor", "nothing travels", "AES-256-GCM, a key per segment", key],
      ["EncryptedLake", "nothing travels", "AES-256-GCM, a key per segment", key],
      ["EncryptedLake", "nothing travels", parquet, key],
      ["EncryptedLake", "nothing travels", parquet, key],
      ["KnowledgeBase", "loopback only: does not leave the machine", "nothing stored", "–"],
    ]);
    expect(rows[1]?.[1]).toBe("broker\n127.0.0.1:8883, a certificate per device");
    expect(await page.locator(".panel-resources .statement").textContent()).toBe(
      "7 resources: 5 encrypted at rest under 1 key, 3 protected on the way.",
    );
    expect(await page.locator(".panel-resources .panel-note").textContent()).toBe("demo on local");
  });

  test("lists its reports and makes one when asked", async () => {
    const page = await tests.open("#/environment");
    await table(page, "Reports").waitFor();
    const reasons = async () => (await rowsOf(page, "Reports")).map(([, ...rest]) => rest);
    expect(await reasons()).toEqual([["on schedule", "7 days", "PDF, 20 B\nHTML, 29 B"]]);
    expect(await page.locator(".panel-reports .statement").innerText()).toMatch(
      /^Made every day at 06:00 UTC; the next one .+\.$/,
    );
    await page.getByRole("button", { name: "Make one now" }).click();
    await eventually(async () =>
      expect((await reasons()).map(([why]) => why)).toEqual(["asked for", "on schedule"]),
    );
  });

  test("tells whom the broker let in and whom it turned away", async () => {
    const page = await tests.open("#/environment");
    await eventually(async () =>
      expect(await fields(page, "connections")).toEqual({
        "Open now": "7",
        Accepted: "31",
        "Messages published": "38,911",
        "Refused: revoked": "5",
        "Refused: no-certificate": "2",
      }),
    );
  });
});
