/** The quarantine: how many of which reason, the messages, each with its bytes. */
import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { fakeQuarantineSize } from "./support/fake-quarantine.ts";
import { eventually, narrow, pageTests } from "./support/open-page.ts";

const tests = pageTests();

const entries = (page: Page) => page.locator(".entries .entry");
const field = (page: Page, name: string) =>
  page
    .locator(".detail .fields > div")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd");
const dump = (page: Page) => page.getByRole("region", { name: "Payload, hexadecimal and ASCII" });

async function openList(view = "#/quarantine", options = {}): Promise<Page> {
  const page = await tests.open(view, options);
  await entries(page).first().waitFor();
  return page;
}

test("counts its messages by reason", async () => {
  const page = await openList();
  expect(await page.locator(".panel-quarantine .panel-note").textContent()).toBe(String(fakeQuarantineSize));
  expect(await page.getByRole("link", { name: "Quarantine" }).textContent()).toBe(
    `Quarantine${fakeQuarantineSize}`,
  );
  const reasons = await page.locator(".reasons li").evaluateAll((all) =>
    all.map((one) =>
      [...one.children]
        .map((part) => part.textContent)
        .filter(Boolean)
        .join(" "),
    ),
  );
  expect(reasons).toEqual([
    "not-well-formed 10",
    "schema 9",
    "unknown-type 5",
    "version 5",
    "empty 4",
    "no-codec 4",
  ]);
});

test("shows the newest message whole: why, from where, when, and every byte", async () => {
  const page = await openList();
  expect(await field(page, "Reason").textContent()).toBe("not-well-formed");
  expect(await field(page, "Detail").textContent()).toBe(
    "JSON ends at byte 34 of 34: a closing brace is missing",
  );
  expect(await field(page, "Device").textContent()).toBe("press-json-01");
  expect(await field(page, "Channel").textContent()).toBe("telemetry");
  expect(await field(page, "Received").textContent()).toMatch(
    /^.*\d\d:\d\d:\d\d · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})? UTC$/,
  );
  expect(await field(page, "Decoder").textContent()).toBe("machine-json, version 1");
  expect(await field(page, "Payload").textContent()).toBe("34 bytes");
  expect(await dump(page).textContent()).toBe(
    '00000000  7b 22 74 73 22 3a 20 31  37 39 35 34 39 30 30 30  {"ts": 179549000\n' +
      '00000010  30 30 30 30 2c 20 22 74  65 6d 70 65 72 61 74 75  0000, "temperatu\n' +
      "00000020  72 65                                             re",
  );
});

test("gives the bytes away: copied as hex, saved as they came", async () => {
  const page = await openList("#/quarantine", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy hex" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const hex = Buffer.from('{"ts": 1795490000000, "temperature').toString("hex");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(hex);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save bytes" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^press-json-01-\d{4}-\d\d-\d\dT[\d-]+Z\.bin$/);
  expect((await readFile(await saved.path())).toString("hex")).toBe(hex);
});

test("is walked through with the arrow keys; the address names the message", async () => {
  const page = await openList();
  await entries(page).first().focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await eventually(async () => expect(await field(page, "Detail").textContent()).toContain("type 0xFE"));
  expect(page.url()).toContain("#/quarantine?entry=0034-0F");
  expect(await page.locator(".entry[aria-current=true]").count()).toBe(1);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await eventually(async () => expect(await field(page, "Payload").textContent()).toBe("61 bytes"));
  await page.reload();
  await eventually(async () => expect(await field(page, "Payload").textContent()).toBe("61 bytes"));
});

test("says that a payload is empty, that no decoder was bound", async () => {
  const page = await openList();
  await entries(page).filter({ hasText: "empty" }).first().click();
  await page.getByText("The payload is empty.").waitFor();
  expect(await page.getByRole("button", { name: "Copy hex" }).isDisabled()).toBe(true);
  await entries(page).filter({ hasText: "no-codec" }).first().click();
  await eventually(async () => expect(await field(page, "Decoder").textContent()).toBe("none"));
});

test("loads older messages down to the last, and finds one that a link names among them", async () => {
  const page = await openList("#/quarantine?entry=0001-0F");
  await page.getByText("This message is not among the newest").waitFor();
  expect(await entries(page).count()).toBe(20);
  await page.getByRole("button", { name: "Older" }).click();
  await eventually(async () => expect(await entries(page).count()).toBe(fakeQuarantineSize));
  expect(await page.getByRole("button", { name: "Older" }).count()).toBe(0);
  await dump(page).waitFor();
  expect(await page.locator(".entry[aria-current=true]").count()).toBe(1);
});

test("a new message joins at the top; the one that is read stays", async () => {
  const page = await openList();
  await entries(page).nth(1).click();
  await eventually(async () => expect(await field(page, "Reason").textContent()).toBe("version"));
  tests.site.lake.quarantineOne({
    id: "q-9999",
    receivedAt: Date.now() * 1000,
    deviceId: "wrist-01",
    channel: "telemetry",
    reason: "schema",
    detail: "just now",
    codec: "wearable-imu",
    codecVersion: "1",
    payload: Uint8Array.of(1, 2, 3),
  });
  await entries(page).filter({ hasText: "just now" }).waitFor();
  expect(await entries(page).first().locator(".entry-detail").textContent()).toBe("just now");
  expect(await field(page, "Reason").textContent()).toBe("version");
});

test("on a narrow screen a line of the dump fits", async () => {
  const page = await openList("#/quarantine?entry=0033-0F", narrow);
  const [first] = ((await dump(page).textContent()) ?? "").split("\n");
  expect(first).toMatch(/^00000000( {1,2}[0-9a-f]{2}){8} {2}.{8}$/);
  expect(await dump(page).evaluate((pre) => pre.scrollWidth - pre.clientWidth)).toBe(0);
});
