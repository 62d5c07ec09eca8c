/** Light and dark, narrow and wide, for eyes and for those who hear the page: every view, judged by axe. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { views } from "../../site/page/lib/route.ts";
import { eventually, narrow, pageTests } from "./support/open-page.ts";

const tests = pageTests();
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every view in turn, once it has something to show. */
async function eachView(page: Page, look: (view: string) => Promise<void>): Promise<void> {
  for (const view of views) {
    await page.goto(`${tests.site.url}#/${view}`);
    await page.locator(`.${view}-view`).waitFor();
    if (view === "sql") {
      await page.getByRole("button", { name: "Run" }).click();
      await page.locator(".answer tbody tr").first().waitFor();
    } else {
      await page
        .locator(":is(.drop, .latest tbody, .alarm, .insight, .model, .entry, .zone, .resources td)")
        .first()
        .waitFor();
    }
    await look(view);
  }
}

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const brightness = (color: string) => Math.max(...(color.match(/\d+/g) ?? []).map(Number));

describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
  test("every view passes WCAG 2.2 AA: contrast, names, roles, order, sizes of targets", async () => {
    const page = await tests.open("", { colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axeSource);
    expect(brightness(await background(page)) > 128).toBe(colorScheme === "light");
    await eachView(page, async (view) => {
      const { violations, passes } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        }),
      );
      const found = violations.map(({ id, nodes }) => [
        view,
        id,
        nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
      ]);
      expect(found).toEqual([]);
      expect(passes.map(({ id }) => id)).toEqual(
        expect.arrayContaining(["color-contrast", "aria-valid-attr-value"]),
      );
    });
  }, 180_000);
});

describe("theme", () => {
  test("follows the system until one is chosen, which is remembered and never flashes", async () => {
    const page = await tests.open("", { colorScheme: "light" });
    const light = await background(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await background(page);
    expect(brightness(dark)).toBeLessThan(brightness(light));
    const toggle = page.getByRole("button", { name: /^Theme: / });
    await toggle.click();
    expect(await toggle.getAttribute("aria-label")).toBe("Theme: light. Change to dark");
    expect(await background(page)).toBe(light);
    // The very first frame of a reload has the colours: the script in the head runs before anything is painted.
    await page.addInitScript(() => {
      requestAnimationFrame(() => {
        document.documentElement.dataset["firstFrame"] = getComputedStyle(
          document.documentElement,
        ).colorScheme;
      });
    });
    await page.reload();
    expect(await page.locator("html").getAttribute("data-first-frame")).toBe("light");
    await toggle.click();
    expect(await background(page)).toBe(dark);
    await toggle.click();
    expect(await toggle.getAttribute("aria-label")).toBe("Theme: system. Change to light");
  });

  test("reaches the charts: they are drawn anew in its colours", async () => {
    const page = await tests.open("", { colorScheme: "light" });
    const ink = () =>
      page.locator(".rate-chart canvas").evaluate((canvas: HTMLCanvasElement) => {
        const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        // The middle of the lowest quarter lies in a bar.
        copy?.drawImage(canvas, -canvas.width * 0.52, -canvas.height * 0.6);
        return [...(copy?.getImageData(0, 0, 1, 1).data ?? [])].join();
      });
    const light = await eventually(async () => {
      const found = await ink();
      expect(found).not.toMatch(/,0$/);
      return found;
    });
    await page.emulateMedia({ colorScheme: "dark" });
    await eventually(async () => {
      const found = await ink();
      expect(found).not.toMatch(/,0$/);
      expect(found).not.toBe(light);
    });
  });
});

describe("width", () => {
  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  test("390 pixels: nothing sticks out, all controls can be tapped, every panel is there", async () => {
    const page = await tests.open("", narrow);
    await eachView(page, async (view) => {
      expect([view, await overflow(page)]).toEqual([view, 0]);
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll("button, a, input, select, textarea, h2")]
          .filter(
            (one) =>
              one.checkVisibility() && one.closest(".scroller, .chips, .visually-hidden, .skip") === null,
          )
          .filter(
            (one) =>
              one.getBoundingClientRect().right > innerWidth + 0.5 || one.getBoundingClientRect().left < -0.5,
          )
          .map((one) => one.outerHTML),
      );
      expect([view, outside]).toEqual([view, []]);
    });
  }, 30_000);

  test.each([360, 820, 1024, 1280, 2560])("%d pixels: nothing sticks out", async (width) => {
    const page = await tests.open("", { viewport: { width, height: 800 } });
    for (const view of views) {
      await page.goto(`${tests.site.url}#/${view}`);
      await page.locator(`.${view}-view`).waitFor();
      expect([view, await overflow(page)]).toEqual([view, 0]);
    }
  });

  test("wide: the first view is one screen, its lists scroll, the page does not", async () => {
    const page = await tests.open("");
    await page.locator(".latest tbody tr").first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
    const scroller = page.locator(".panel-latest .scroller");
    expect(await scroller.evaluate((box) => box.scrollHeight > box.clientHeight)).toBe(true);
  });

  test("one finger moves the plot, up and down stays with the page", async () => {
    const page = await tests.open("#/fleet?device=room-senml-01&metric=temperature&range=1h", narrow);
    await page.locator(".plot-chart .u-over").waitFor();
    const plot = page.locator(".plot-chart");
    await eventually(async () => expect(await plot.getAttribute("aria-label")).toContain("room-senml-01"));
    await plot.scrollIntoViewIfNeeded();
    const before = await plot.getAttribute("aria-label");
    const box = await plot.boundingBox();
    if (box === null) throw new Error("the plot is not on screen");
    const session = await page.context().newCDPSession(page);
    const touch = (type: string, x?: number) =>
      session.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: x === undefined ? [] : [{ x, y: box.y + box.height / 2 }],
      });
    await touch("touchStart", box.x + 120);
    for (const x of [140, 180, 220, 260]) await touch("touchMove", box.x + x);
    await touch("touchEnd");
    await eventually(async () => expect(await plot.getAttribute("aria-label")).not.toBe(before));
    expect(await plot.evaluate((element) => getComputedStyle(element).touchAction)).toBe("pan-y");
  });
});
