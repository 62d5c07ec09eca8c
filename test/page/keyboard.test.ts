/** The page without a mouse: what Tab reaches, in which order, how one sees where one is. */
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

/** What has the focus, and whether one can see that it has. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const name =
      element.getAttribute("aria-label") ?? element.getAttribute("placeholder") ?? element.innerText;
    return {
      tag: element.tagName.toLowerCase(),
      name: name.trim().split("\n")[0] ?? "",
      isSeen: (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none",
    };
  });

test("the first Tab leads to a link past the bar", async () => {
  const page = await tests.open();
  await page.keyboard.press("Tab");
  expect(await focused(page)).toMatchObject({ tag: "a", name: "Skip to content" });
  await page.keyboard.press("Enter");
  expect((await focused(page)).tag).toBe("main");
  expect(page.url()).not.toContain("#main");
});

test("the views are links: Enter opens one, and its state is there when one comes back", async () => {
  const page = await tests.open("#/quarantine");
  await page.locator(".entry").first().waitFor();
  await page.locator(".entry").nth(2).press("Enter");
  await eventually(async () => expect(page.url()).toContain("entry="));
  const address = page.url();
  for (const [name, view] of [
    ["Lake", "lake"],
    ["Environment", "environment"],
    ["SQL", "sql"],
    ["Fleet", "fleet"],
  ]) {
    const link = page.getByRole("link", { name: String(name), exact: true });
    await link.focus();
    await page.keyboard.press("Enter");
    await page.locator(`.${view}-view`).waitFor();
    expect(await link.getAttribute("aria-current")).toBe("page");
    expect(await page.title()).toBe(`${name} · demo · Fieldlake`);
  }
  await page.getByRole("link", { name: "Quarantine" }).press("Enter");
  expect(page.url()).toBe(address);
});

describe("Tab", () => {
  const mustReach: Readonly<Record<string, readonly string[]>> = {
    fleet: [
      "Theme: system. Change to light",
      "Search devices",
      "press-json-01",
      "1 h: Last hour",
      "Earlier (←)",
      "Zoom in (+)",
      "accel_x",
      "Search device or metric",
      "Latest values, table",
      "Device",
      "Plot cycles of press-json-01",
    ],
    quarantine: ["not-well-formed", "Older", "Copy hex", "Save bytes", "Payload, hexadecimal and ASCII"],
    lake: ["Newest files, table"],
    environment: ["Theme: system. Change to light"],
    sql: ["readings", "Insert column device_id", "Example statements", "Run", "SQL statement"],
  };

  test.each(Object.entries(mustReach))(
    "in the view %s reaches everything once around, always in sight, and ends where it began",
    async (view, names) => {
      const page = await tests.open(`#/${view}`);
      await page
        .locator(":is(.latest tbody .link, .entry, .zone, .resources td, .schema summary)")
        .first()
        .waitFor();
      if (view === "fleet") await page.locator(".chip").first().waitFor();
      // Its own data must not change under the walk.
      const seen: Awaited<ReturnType<typeof focused>>[] = [];
      for (let press = 0; press < 160; press++) {
        await page.keyboard.press("Tab");
        const here = await focused(page);
        if (here.tag === "body" || (press > 0 && here.name === "Skip to content")) break;
        seen.push(here);
      }
      expect(seen.length).toBeLessThan(160);
      expect(seen.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]));
      expect(seen.filter(({ isSeen }) => !isSeen)).toEqual([]);
    },
  );
});

test("sorting and choosing keep the focus where it is while the lists are refreshed", async () => {
  const page = await tests.open();
  await page.locator(".latest tbody tr").first().waitFor();
  const device = page.locator(".device").filter({ hasText: "room-senml-02" });
  await device.press("Enter");
  await eventually(async () =>
    expect(await page.locator(".plot-device").textContent()).toBe("room-senml-02"),
  );
  const refreshed = page.waitForResponse((response) => response.url().includes("/api/fleet"));
  await refreshed;
  expect(await device.evaluate((element) => element === document.activeElement)).toBe(true);
  const head = page.locator(".panel-latest th").filter({ hasText: "Time" }).getByRole("button");
  await head.press("Enter");
  await page.waitForResponse((response) => response.url().includes("order=time"));
  expect(await head.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("the plot says what keys it takes, and lets Tab through", async () => {
  const page = await tests.open();
  const chart = page.locator(".plot-chart");
  await eventually(async () => expect(await chart.getAttribute("aria-label")).toContain("Time series of"));
  const described = await chart.getAttribute("aria-describedby");
  expect(await page.locator(`#${described}`).textContent()).toContain("Plus and minus zoom");
  await chart.focus();
  await page.keyboard.press("Tab");
  expect(await chart.evaluate((element) => element.contains(document.activeElement))).toBe(false);
});
