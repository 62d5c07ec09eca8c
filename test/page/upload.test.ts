/** Log files brought in by hand on the page of a real site: to rows, an anomaly, an alarm that somebody acknowledges, a report. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { startLivePage } from "./support/live-page.ts";
import { eventually, pageTestsOf } from "./support/open-page.ts";

const tests = pageTestsOf(startLivePage);
const folder = mkdtempSync(join(tmpdir(), "fieldlake-page-upload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An hour of a press, a value every ten seconds until now, hot in the middle. */
function recording(): string {
  const end = Date.now();
  const lines = Array.from({ length: 360 }, (_, index) => {
    const temperature = index === 200 ? 96.5 : 61 + Math.sin(index / 9);
    return JSON.stringify({ seq: index, ts: end - (360 - index) * 10_000, temperature });
  });
  return `${lines.join("\n")}\n`;
}

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const entry = (page: Page, name: string) => page.locator(".upload").filter({ hasText: name });
const state = (page: Page, name: string) => entry(page, name).locator(".upload-state");

async function openFor(device: string): Promise<Page> {
  const page = await tests.open(`#/upload?device=${device}`);
  await page
    .locator('select[aria-label="Profile that reads it"] option')
    .first()
    .waitFor({ state: "attached" });
  return page;
}

async function download(page: Page, link: Locator): Promise<{ name: string; bytes: Buffer }> {
  const [saved] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

const choose = (page: Page, ...files: string[]) => page.locator("input[type=file]").setInputFiles(files);

/** As a hand that lets go of a file over the zone. */
const drop = (page: Page, name: string, content: string) =>
  page.locator(".drop").evaluate(
    (zone, [called = "", text = ""]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([text], called));
      const event = (type: string) =>
        new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true });
      zone.dispatchEvent(event("dragover"));
      if (!zone.hasAttribute("data-over")) throw new Error("the zone does not show that it takes the file");
      zone.dispatchEvent(event("drop"));
    },
    [name, content],
  );

test("a dropped recording becomes rows, whose anomaly is seen, whose alarm is acknowledged, and of which a report tells", async () => {
  const page = await tests.open("#/upload");
  await drop(page, "../../etc/day.ndjson", recording());
  const device = page.getByRole("combobox", { name: "Device whose log it is" });
  expect(await device.getAttribute("aria-invalid")).toBe("true");

  await device.fill("press-0");
  const offered = () =>
    page.locator("#upload-devices option").evaluateAll((all) => all.map((one) => one.getAttribute("value")));
  await eventually(async () => expect(await offered()).toEqual(["press-01", "press-02"]));
  await device.fill("press-01");
  const lane = page.getByRole("combobox", { name: "Profile that reads it" });
  await eventually(async () =>
    expect(await lane.locator("option").allInnerTexts()).toEqual([
      "logger-csv · telemetry/log · csv",
      "machine-json · telemetry · json",
    ]),
  );
  await lane.selectOption("telemetry");
  await page.getByRole("button", { name: "Send 1 file" }).click();
  await eventually(async () =>
    expect(await state(page, "day.ndjson").innerText()).toBe(
      "Taken by machine-json: 360 new of 360 messages, 360 rows",
    ),
  );

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Manifest: ../../etc/day.ndjson" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^upload-[0-9a-f]{12}\.json$/);
  expect(JSON.parse(readFileSync(await saved.path(), "utf8"))).toMatchObject({
    name: ".._.._etc_day.ndjson",
    deviceId: "press-01",
    profile: "machine-json",
    messages: 360,
    rows: 360,
    quarantined: 0,
  });

  await page.getByRole("link", { name: "See its rows" }).click();
  await eventually(async () =>
    expect(await page.locator(".chip[aria-pressed=true]").allInnerTexts()).toEqual([
      expect.stringContaining("temperature"),
    ]),
  );
  await page.getByRole("button", { name: "Anomalies", exact: true }).click();
  await eventually(async () =>
    expect(await page.locator(".plot-outlook li").allInnerTexts()).toEqual([
      expect.stringMatching(/temperature: \d+ anomal(y|ies), most at .* 96\.5 °C in place of 6\d/),
    ]),
  );

  await page.getByRole("link", { name: /^Alarms/ }).click();
  await page.getByRole("textbox", { name: /Your name/ }).fill("Kim");
  await page.getByRole("button", { name: "Acknowledge hot of press-01" }).click();
  await eventually(async () => expect(await page.locator(".alarm").count()).toBe(0));
  const badge = page.locator('.tab[href^="#/alarms"] .badge');
  await eventually(async () => expect(await badge.isHidden()).toBe(true));

  await page.getByRole("link", { name: "Environment" }).click();
  await page.getByRole("button", { name: "Make one now" }).click();
  const files = page.getByRole("table", { name: "Reports" }).getByRole("link");
  await eventually(async () =>
    expect(await files.allInnerTexts()).toEqual([
      expect.stringMatching(/^PDF, [\d.]+ kB$/),
      expect.stringMatching(/^HTML, [\d.]+ kB$/),
    ]),
  );
  const [pdf, html] = [await download(page, files.nth(0)), await download(page, files.nth(1))];
  expect(pdf.name).toMatch(/^fieldlake-live-.*Z\.pdf$/);
  expect(pdf.bytes.subarray(0, 5).toString()).toBe("%PDF-");
  const text = html.bytes.toString();
  expect(text).toMatch(/<td>critical<\/td><td>press-01<\/td><td>hot: temperature is 96.5[^\n]*<td>Kim<\/td>/);
  expect(text).toContain('<td class="number">360</td>');
}, 60_000);

test("a wrong profile, an empty file and half a record are told for what they are; the same again changes nothing", async () => {
  const page = await openFor("press-02");
  await page.getByRole("combobox", { name: "Profile that reads it" }).selectOption("telemetry");
  const good = fileOf("good.ndjson", '{"seq":1,"ts":1700000000000,"cycles":1}\n{"seq":2,"ts":17000');
  await choose(
    page,
    fileOf("table.csv", "time,temperature\n2023-11-14T22:13:20Z,21.5\n"),
    fileOf("empty.log", ""),
    good,
  );
  await eventually(async () =>
    expect(await state(page, "good.ndjson").innerText()).toBe(
      "Taken by machine-json: 2 new of 2 messages, 1 row",
    ),
  );
  expect(await entry(page, "good.ndjson").locator(".upload-result").innerText()).toMatch(
    /^1 message in quarantine, the first for not-well-formed: /,
  );
  expect(await state(page, "empty.log").innerText()).toBe("Taken: no record is in it");
  expect(await entry(page, "table.csv").locator(".upload-result").innerText()).toMatch(
    /^2 messages in quarantine, the first for not-well-formed: /,
  );
  expect(await entry(page, "table.csv").getByRole("link").allInnerTexts()).toEqual(["See quarantine"]);

  await choose(page, good);
  await eventually(async () => expect(await page.locator(".upload").count()).toBe(4));
  await eventually(async () =>
    expect(await page.locator(".upload .upload-state").first().innerText()).toBe(
      "Taken by machine-json: 2 new of 2 messages, 1 row",
    ),
  );
  await tests.site.site.client().call("POST", "/flush");
  const { rows } = await tests.site.site
    .client()
    .query("SELECT count(*)::INT FROM readings WHERE device_id = 'press-02'");
  expect(rows).toEqual([[1]]);
}, 60_000);

test("a device that nothing is bound to, and a file that changes while it waits, are refused in words", async () => {
  const page = await tests.open("#/upload?device=lamp-01");
  const hint = page.locator("#upload-hint");
  await eventually(async () => expect(await hint.innerText()).toContain("No profile is bound to lamp-01"));
  await page.getByRole("combobox", { name: "Device whose log it is" }).fill("press-02");
  await eventually(async () => expect(await hint.innerText()).toBe(""));
  const path = fileOf("growing.ndjson", "x".repeat(3 << 20));
  const chosen = page.locator("input[type=file]");
  // Chosen, then written to before the page reads it.
  await chosen.evaluate((input) =>
    input.addEventListener("change", (event) => event.stopImmediatePropagation(), {
      capture: true,
      once: true,
    }),
  );
  await choose(page, path);
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(path, "y".repeat(2 << 20));
  await chosen.dispatchEvent("change");
  await eventually(async () =>
    expect(await state(page, "growing.ndjson").innerText()).toMatch(/^growing\.ndjson changed or went away/),
  );
});

test("a site that is killed in the middle: the file goes on by itself, nothing is lost or doubled", async () => {
  const page = await openFor("press-02");
  await page.getByRole("combobox", { name: "Profile that reads it" }).selectOption("telemetry");
  const lines = Array.from(
    { length: 20_000 },
    (_, index) =>
      `{"seq":${index},"ts":${1_600_000_000_000 + index * 1_000},"cycles":${index},"state":"${"s".repeat(300)}"}\n`,
  );
  const parts = page.waitForResponse((response) => response.url().includes("/api/uploads/part"));
  await choose(page, fileOf("long.ndjson", lines.join("")));
  await parts;
  tests.site.site.kill();
  await tests.site.site.start();
  await page.waitForFunction(
    () => /^Taken/.test(document.querySelector(".upload .upload-state")?.textContent ?? ""),
    undefined,
    { timeout: 45_000 },
  );
  expect(await state(page, "long.ndjson").innerText()).toContain("20,000 messages");
  await tests.site.site.client().call("POST", "/flush");
  const { rows } = await tests.site.site
    .client()
    .query(
      "SELECT count(*)::INT, count(DISTINCT msg_id)::INT FROM readings WHERE device_id = 'press-02' AND metric = 'cycles' AND ts < TIMESTAMPTZ '2021-01-01'",
    );
  expect(rows).toEqual([[20_000, 20_000]]);
  // What the browser says of requests that nobody answered.
  expect(tests.takeFaults().filter((fault) => !/Failed to load resource/.test(fault))).toEqual([]);
}, 90_000);
