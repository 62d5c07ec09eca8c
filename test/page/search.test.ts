/** The box that finds anything, with the keys alone, by pointer, and on a narrow screen. */
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually, narrow, pageTests } from "./support/open-page.ts";

const tests = pageTests({ hostile: true });

const field = (page: Page) =>
  page.getByRole("combobox", { name: "Find devices, series, profiles, insights, quarantine" });
const options = (page: Page) => page.getByRole("listbox", { name: "Found" }).getByRole("option");

describe("words", () => {
  test("lead by the keys alone from / to a series on the plot, and the back button back", async () => {
    const page = await tests.open("#/lake");
    await page.keyboard.press("/");
    expect(await field(page).evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.type("accel_y wrist-02");
    await options(page).first().waitFor();
    expect(await options(page).first().innerText()).toMatch(/Series\s+accel_y\s+wrist-02/);
    expect(await field(page).getAttribute("aria-activedescendant")).toBe("found-0");
    await page.keyboard.press("Enter");
    await page.locator(".chip[aria-pressed=true]").first().waitFor();
    expect(page.url()).toContain("#/fleet?device=wrist-02&metric=accel_y");
    expect(await options(page).count()).toBe(0);
    await page.goBack();
    expect(page.url()).toContain("#/lake");
  });

  test("are chosen among by arrows; Escape empties, then leaves; / in a field is a character", async () => {
    const page = await tests.open("#/sql");
    await page.keyboard.press("/");
    await page.keyboard.type("wrist");
    await eventually(async () => expect(await options(page).count()).toBeGreaterThan(3));
    await page.keyboard.press("ArrowUp");
    const last = (await options(page).count()) - 1;
    expect(await options(page).nth(last).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await field(page).getAttribute("aria-activedescendant")).toBe("found-0");
    await page.keyboard.press("Escape");
    expect([await field(page).inputValue(), await options(page).count()]).toEqual(["", 0]);
    await page.keyboard.press("Escape");
    const editor = page.getByLabel("SQL statement");
    await editor.fill("SELECT 6");
    await editor.press("End");
    await page.keyboard.type("/2");
    expect(await editor.inputValue()).toBe("SELECT 6/2");
  });

  test("of quarantine and profiles lead to their messages and rows in SQL", async () => {
    const page = await tests.open();
    await field(page).fill("machine-json profile");
    await field(page).fill("Machine that sends one flat JSON");
    const profile = options(page).filter({ hasText: "Profile" }).first();
    await profile.click();
    await page.getByText("Run", { exact: true }).waitFor();
    expect(await page.getByLabel("SQL statement").inputValue()).toContain("codec = 'machine-json'");
  });

  test("of an insight lead to it alone, and the kinds above back to all", async () => {
    const page = await tests.open();
    await field(page).fill("expected spike room-senml-01");
    const insight = options(page).filter({ hasText: "Insight" }).first();
    expect(await insight.innerText()).toMatch(/Insight\s+odd\s+room-senml-01, temperature/);
    await insight.click();
    await page.locator(".insight").first().waitFor();
    expect(page.url()).toContain("#/insights?insight=odd&device=room-senml-01");
    expect(await page.locator(".insight").allInnerTexts()).toEqual([expect.stringContaining("(spike)")]);
    await page.getByText("1 insight, odd, room-senml-01").waitFor();
    await page.getByRole("button", { name: /^All:/ }).click();
    await eventually(async () => expect(await page.locator(".insight").count()).toBeGreaterThan(2));
  });

  test("that lead nowhere are told; names that are markup are text", async () => {
    const page = await tests.open("", narrow);
    await field(page).fill("xyzzy plugh");
    await page.getByText("Nothing found for “xyzzy plugh”").waitFor();
    await field(page).fill("pwned");
    await options(page).first().waitFor();
    expect(await page.locator(".found img, .found script").count()).toBe(0);
    const box = await page.locator("ul.found").boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  });
});
