/** What the rules found, and somebody who looks after it. */
import { expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

const shown = (page: Page) =>
  page
    .locator(".alarm")
    .evaluateAll((all) =>
      all.map((one) => (one as HTMLElement).innerText.split("\n").map((line) => line.trim())),
    );
const badge = (page: Page) => page.locator('.tab[href^="#/alarms"] .badge');

test("alarms are there newest first, with what was found; the tab counts those that nobody looks after", async () => {
  const page = await tests.open("#/alarms");
  await page.locator(".alarm").first().waitFor();
  const [first, second, third] = await shown(page);
  expect(first).toEqual(
    expect.arrayContaining(["critical", "press-json-01", "temperature is 91.4, above 80", "open"]),
  );
  expect(second).toEqual(expect.arrayContaining(["warning", "wrist-07", "nothing heard for 15 minutes"]));
  expect(third).toEqual(expect.arrayContaining(["info", "over"]));
  expect(await badge(page).innerText()).toBe("3");
});

test("who acknowledges says who it is, once; the alarm then has somebody and is no longer new", async () => {
  const page = await tests.open("#/alarms");
  const name = page.getByRole("textbox", { name: /Your name/ });
  const button = page.getByRole("button", { name: "Acknowledge hot of press-json-01" });
  await button.click();
  expect(await name.getAttribute("aria-invalid")).toBe("true");
  expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
  await name.fill("Kim");
  await button.click();
  await eventually(async () => expect(await badge(page).innerText()).toBe("2"));
  expect(await page.locator(".alarm").count()).toBe(2);
  await page.getByRole("button", { name: /^Open:/ }).click();
  await eventually(async () => expect((await shown(page))[0]).toContain("open, acknowledged by Kim"));
  expect(tests.site.alarms.book.list({ state: "all", limit: 1 }).alarms[0]?.acknowledged?.by).toBe("Kim");
  await page.reload();
  await eventually(async () => expect(await name.inputValue()).toBe("Kim"));
});

test("an alarm leads to its series, with the time around it; one about a device as a whole to the device", async () => {
  const page = await tests.open("#/alarms");
  const odd = page.locator(".alarm", { hasText: "rule odd" });
  await odd.getByRole("link", { name: "press-json-01" }).click();
  await page.locator(".chip[aria-pressed=true]", { hasText: "vibration" }).waitFor();
  expect(page.url()).toMatch(
    /#\/fleet\?device=press-json-01&metric=vibration&from=\d{13}&to=\d{13}&anomalies=1$/,
  );
  await page.goBack();
  const silent = page.getByRole("link", { name: "wrist-07" });
  expect(await silent.getAttribute("href")).toMatch(/^#\/fleet\?device=wrist-07&from=\d{13}&to=\d{13}$/);
});

test("an alarm that is raised while the page is open appears by itself", async () => {
  const page = await tests.open("#/alarms?state=all");
  await page.locator(".alarm").first().waitFor();
  const before = await page.locator(".alarm").count();
  const [newest] = tests.site.alarms.book.list({ state: "all", limit: 1 }).alarms;
  tests.site.alarms.book.raise({
    ...newest!,
    id: "feedfacefeedface",
    raisedAt: newest!.raisedAt + 1,
    acknowledged: null,
  });
  await eventually(async () => expect(await page.locator(".alarm").count()).toBe(before + 1));
});
