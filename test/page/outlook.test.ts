/** Forecasts with intervals and anomalies on the plot: drawn, told in words, kept in the address. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually, narrow, pageTests } from "./support/open-page.ts";

const tests = pageTests();
const view = "#/fleet?device=room-senml-01&metric=temperature&range=24h";

beforeAll(async () => {
  // A heater beside the sensor, two hours ago, for longer than a point of the plot stands for.
  await tests.site.lake.run(`
    INSERT INTO kept_readings BY NAME
    SELECT * REPLACE (ts + INTERVAL 1 SECOND AS ts, 60.0 AS value_double) FROM kept_readings
    WHERE device_id = 'room-senml-01' AND metric = 'temperature'
      AND ts BETWEEN now() - INTERVAL 129 MINUTE AND now() - INTERVAL 119 MINUTE`);
});

const words = (page: Page) => page.locator(".plot-outlook li").allInnerTexts();
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Points of the plot in the colour that warns, about. */
const warned = (page: Page) =>
  page.locator(".plot-chart canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy?.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const data = copy?.getImageData(0, 0, width, height).data ?? [];
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4);
      if (alpha > 200 && Math.abs(red - 0x8a) < 12 && Math.abs(green - 0x53) < 12 && blue < 16) found += 1;
    }
    return found;
  });

describe("an outlook", () => {
  test("is drawn when it is wanted, told in words, and part of the address", async () => {
    const page = await tests.open(view, { colorScheme: "light", reducedMotion: "reduce" });
    await page.locator(".chip[aria-pressed=true]").waitFor();
    expect([await words(page), await warned(page)]).toEqual([[], 0]);

    await button(page, "Anomalies").click();
    await eventually(async () => expect(await warned(page)).toBeGreaterThan(30));
    const [odd = ""] = await words(page);
    expect(odd).toMatch(/temperature: \d+ anomal(y|ies), most at .* °C in place of \d/);

    await button(page, "Forecast").click();
    await eventually(async () => expect(await words(page)).toHaveLength(2));
    const [next = ""] = await words(page);
    expect(next).toMatch(/temperature: [\d.]+ °C expected at .*, 90 % between [\d.]+ and [\d.]+; by \w/);
    expect(page.url()).toMatch(/forecast=1&anomalies=1/);
    expect(await button(page, "Forecast").getAttribute("aria-pressed")).toBe("true");

    await page.reload();
    await eventually(async () => expect(await words(page)).toHaveLength(2));
    await button(page, "Anomalies").click();
    await eventually(async () => expect([await warned(page), (await words(page)).length]).toEqual([0, 1]));
  });

  test("rests on as many buckets as there may be, and tells of the one value that is far off", async () => {
    const began = Date.now() - 1_600 * 30_000;
    await tests.site.lake.run(`
      INSERT INTO kept_readings BY NAME
      SELECT r.* REPLACE ('level' AS metric, make_timestamptz((${began} + n * 30000) * 1000) AS ts,
        CASE n WHEN 1200 THEN 60.0 ELSE 20 + 5 * sin(n / 30) + (n * 7919) % 13 / 50 END AS value_double)
      FROM (FROM kept_readings WHERE device_id = 'room-senml-01' AND metric = 'temperature' LIMIT 1) r, range(1500) t(n)`);
    const range = `from=${began}&to=${began + 1_500 * 30_000}`;
    const page = await tests.open(`#/fleet?device=room-senml-01&metric=level&${range}`);
    const asked = page.waitForRequest(/\/api\/outlook\?.*points=2000/);
    await button(page, "Anomalies").click();
    await asked;
    await eventually(async () =>
      expect((await words(page))[0]).toMatch(/level: .*: 60 °C in place of 2\d.*far off/),
    );
  });

  test("is reached by the keys, and has room on a narrow screen", async () => {
    const page = await tests.open(view, narrow);
    await page.locator(".chip[aria-pressed=true]").waitFor();
    await button(page, "Forecast").focus();
    await page.keyboard.press("Enter");
    await eventually(async () => expect(await words(page)).toHaveLength(1));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  });
});
