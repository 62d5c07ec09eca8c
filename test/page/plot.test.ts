/** The time-series plot: what it shows, what is chosen, zoom by mouse, buttons and keyboard. */
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import type { Series } from "../../site/console/api.ts";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

const chart = (page: Page) => page.locator(".plot-chart");
const words = async (page: Page) => (await chart(page).getAttribute("aria-label")) ?? "";
const chip = (page: Page, name: string) => page.locator(".chip").filter({ hasText: name });
const pressed = async (page: Page) => page.locator('.chip[aria-pressed="true"] .chip-name').allTextContents();
const button = (page: Page, name: string) => page.locator(".panel-plot").getByRole("button", { name });
const parameters = (page: Page) => new URLSearchParams(page.url().split("#/fleet?")[1] ?? "");

/** The range that the plot shows, milliseconds, as it tells those who don't see it. */
async function span(page: Page): Promise<{ from: number; to: number }> {
  const [, from = "", to = ""] = /from (.*?) UTC to (.*?) UTC/.exec(await words(page)) ?? [];
  return { from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) };
}
const length = async (page: Page) => {
  const { from, to } = await span(page);
  return to - from;
};

async function openPlot(view: string) {
  const page = await tests.open(view);
  await eventually(async () => expect(await words(page)).toMatch(/^Time series of/));
  return page;
}

/** Does something, and waits until the plot's words tell of another range. */
async function changed(page: Page, act: () => Promise<void>): Promise<void> {
  const before = await words(page);
  await act();
  await eventually(async () => expect(await words(page)).not.toBe(before));
}

/** Colours of the pixels of one row of the plotting area, `share` of its height below the top. */
const pixels = (page: Page, share: number): Promise<string[]> =>
  page.locator(".plot-chart canvas").evaluate((canvas: HTMLCanvasElement, row) => {
    const over = canvas.parentElement?.querySelector<HTMLElement>(".u-over");
    if (over === null || over === undefined) return [];
    const scale = canvas.width / canvas.clientWidth;
    // A copy: reading the page's own canvas would make the browser warn.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
      willReadFrequently: true,
    });
    copy?.drawImage(canvas, 0, 0);
    const [x, y, width] = [
      over.offsetLeft + 2,
      over.offsetTop + over.clientHeight * row,
      over.clientWidth - 4,
    ];
    const { data } = copy?.getImageData(
      Math.round(x * scale),
      Math.round(y * scale),
      Math.round(width * scale),
      1,
    ) ?? { data: [] };
    return Array.from({ length: data.length / 4 }, (_, at) => data.slice(4 * at, 4 * at + 4).join());
  }, share);

describe("without a choice", () => {
  test("shows the device that sent most, its number with the most values, and that one's sisters", async () => {
    const page = await openPlot("");
    expect(await page.locator(".plot-device").textContent()).toBe("wrist-01");
    expect(await pressed(page)).toEqual(["accel_x", "accel_y", "accel_z"]);
    expect(await page.locator(".device[aria-current=true] .device-id").textContent()).toBe("wrist-01");
    expect(await page.locator(".panel-plot .panel-note").textContent()).toMatch(
      // With a day where the hour reaches over a midnight.
      /^(\d+ \w+ (\d+ )?)?[\d:]+ – (\d+ \w+ (\d+ )?)?[\d:]+ · [\d,]+ values, [\d.]+ s a point$/,
    );
    await eventually(async () => expect(new Set(await pixels(page, 0.5)).size).toBeGreaterThan(5));
  });

  test("prefers a number to states and texts", async () => {
    const page = await openPlot("#/fleet?device=press-json-01");
    expect(["temperature", "vibration"]).toContain((await pressed(page))[0]);
    expect(await chip(page, "state").isDisabled()).toBe(true);
    expect(await chip(page, "signature").isDisabled()).toBe(true);
  });
});

describe("metrics", () => {
  test("are put on and taken off; the address, the colours and the back button follow", async () => {
    const page = await openPlot("#/fleet?device=room-senml-01&metric=temperature");
    await chip(page, "humidity").click();
    await eventually(async () => expect(await words(page)).toMatch(/temperature: .* Cel; humidity: .* %RH/));
    expect(parameters(page).getAll("metric")).toEqual(["temperature", "humidity"]);
    expect(await chip(page, "humidity").locator(".chip-value").textContent()).toMatch(/ % RH$/);
    const slot = await chip(page, "humidity").getAttribute("data-slot");
    await chip(page, "temperature").click();
    await eventually(async () => expect(await pressed(page)).toEqual(["humidity"]));
    expect(await chip(page, "humidity").getAttribute("data-slot")).toBe(slot);
    // The last one stays.
    await chip(page, "humidity").click();
    expect(await pressed(page)).toEqual(["humidity"]);
    await page.goBack();
    await eventually(async () =>
      expect((await pressed(page)).toSorted()).toEqual(["humidity", "temperature"]),
    );
  });

  test("that are true or false are steps on an axis of their own", async () => {
    await tests.site.lake
      .run(`INSERT INTO kept_readings BY NAME SELECT 'demo' AS tenant, 'room-cbor-01' AS device_id, 'online' AS metric,
      now() - i * INTERVAL 7 MINUTE AS ts, i % 2 = 0 AS value_bool, 0 AS quality, 0 AS flags, now() AS ingest_ts, ''::BLOB AS msg_id,
      'live' AS lane, 'status' AS codec, '1' AS codec_version FROM range(6) t(i)`);
    const page = await openPlot("#/fleet?device=room-cbor-01&metric=online");
    expect(await words(page)).toContain("online: 0 to 1");
    expect(await chip(page, "online").locator(".chip-value").textContent()).toBe("true");
    // Half way between false and true there are only the steps' risers: slopes would be met by a row further up elsewhere.
    const strokes = async (share: number) =>
      (await pixels(page, share)).flatMap((color, at) =>
        Number(color.split(",")[3]) > 200 && Number(color.split(",")[0]) < 100 ? [at] : [],
      );
    const half = await eventually(async () => {
      const found = await strokes(0.52);
      expect(found.length).toBeGreaterThanOrEqual(4);
      return found;
    });
    expect(half.length).toBeLessThan(20);
    expect(await strokes(0.3)).toEqual(half);
  });

  test("of a device that sent nothing, or nothing with a plot, say so", async () => {
    const page = await tests.open("#/fleet?device=wrist-05");
    await page.getByText("Nothing stored of wrist-05 yet").waitFor();
    await tests.site.lake
      .run(`INSERT INTO kept_readings BY NAME SELECT 'demo' AS tenant, 'wrist-04' AS device_id, 'note' AS metric, now() AS ts,
      'x' AS value_text, 0 AS quality, 0 AS flags, now() AS ingest_ts, ''::BLOB AS msg_id, 'live' AS lane, 'x' AS codec, '1' AS codec_version`);
    await page.locator(".device").filter({ hasText: "wrist-04" }).click();
    await page.getByText("wrist-04 measures nothing that has a plot").waitFor();
  });
});

describe("zoom", () => {
  const view = "#/fleet?device=room-senml-01&metric=temperature&range=24h";

  test("by the buttons: presets, in, out, earlier, later, and back to the newest", async () => {
    const page = await openPlot(view);
    const day = await length(page);
    expect(day).toBeGreaterThan(23.5 * 3_600_000);
    await changed(page, () => button(page, "Last hour").click());
    expect(await length(page)).toBe(3_600_000);
    expect(await button(page, "Last hour").getAttribute("aria-pressed")).toBe("true");
    const hour = await span(page);
    await changed(page, () => button(page, "Zoom in").click());
    expect(await length(page)).toBeCloseTo(0.6 * 3_600_000, -3);
    expect(await button(page, "Last hour").getAttribute("aria-pressed")).toBe("false");
    await changed(page, () => button(page, "Earlier").click());
    expect((await span(page)).to).toBeLessThan(hour.to - 600_000);
    await changed(page, () => button(page, "Later").click());
    await changed(page, () => button(page, "Zoom in").click());
    const close = await length(page);
    await changed(page, () => button(page, "Zoom out").click());
    expect(await length(page)).toBeCloseTo(close / 0.6, -4);
    await changed(page, () => button(page, "Follow the newest").click());
    expect(await length(page)).toBe(3_600_000);
    expect(await button(page, "Follow the newest").isDisabled()).toBe(true);
    await changed(page, () => button(page, "All there is").click());
    expect(await length(page)).toBe(day);
  });

  test("by dragging over a stretch of time; a double click leads back", async () => {
    const page = await openPlot(view);
    const before = await span(page);
    const box = await chart(page).locator(".u-over").boundingBox();
    if (box === null) throw new Error("the plot has no area");
    const [left, right, y] = [box.x + box.width * 0.25, box.x + box.width * 0.75, box.y + box.height / 2];
    await changed(page, async () => {
      await page.mouse.move(left, y);
      await page.mouse.down();
      await page.mouse.move(right, y, { steps: 4 });
      await page.mouse.up();
    });
    const after = await span(page);
    const whole = before.to - before.from;
    expect((after.from - before.from) / whole).toBeCloseTo(0.25, 2);
    expect((after.to - before.from) / whole).toBeCloseTo(0.75, 2);
    await changed(page, () => page.mouse.dblclick(left, y));
    expect(await span(page)).toEqual(before);
  });

  test("by the wheel, around the pointer; sideways it moves", async () => {
    const page = await openPlot(view);
    const before = await span(page);
    const box = await chart(page).locator(".u-over").boundingBox();
    if (box === null) throw new Error("the plot has no area");
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
    // While a page is still scrolling, as one that was just laid out may, the wheel is the page's.
    await page.waitForTimeout(400);
    await changed(page, () => page.mouse.wheel(0, -200));
    const after = await span(page);
    expect((after.to - after.from) / (before.to - before.from)).toBeCloseTo(0.6, 2);
    expect(
      Math.abs(after.from + after.to - before.from - before.to) / (before.to - before.from),
    ).toBeLessThan(0.02);
    await changed(page, () => page.mouse.wheel(-100, 0));
    expect((await span(page)).from).toBeLessThan(after.from);
  });

  test("by the keyboard: + and −, arrows, Home, End, 0; shift steps through the values and says them", async () => {
    const page = await openPlot(view);
    const before = await span(page);
    await chart(page).focus();
    await changed(page, () => page.keyboard.press("+"));
    await changed(page, () => page.keyboard.press("Home"));
    expect((await span(page)).from).toBe(before.from);
    await changed(page, () => page.keyboard.press("ArrowRight"));
    await changed(page, () => page.keyboard.press("End"));
    expect((await span(page)).to).toBe(before.to);
    await changed(page, () => page.keyboard.press("-"));
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
    const said = page.locator("#announcer");
    await eventually(async () =>
      expect(await said.textContent()).toMatch(/^.*\d\d:\d\d:\d\d: temperature ?[\d.]+ °C$/),
    );
    const first = await said.textContent();
    await page.keyboard.press("Shift+ArrowLeft");
    await eventually(async () => expect(await said.textContent()).not.toBe(first));
    await page.keyboard.press("0");
    await eventually(async () => expect(parameters(page).has("from")).toBe(false));
  });

  test("shows more the closer one looks: fewer values a point, the same that the lake holds", async () => {
    const page = await openPlot(view);
    const { from } = await span(page);
    const answer = page.waitForResponse((response) => response.url().includes("/api/series"));
    await page.goto(
      `${tests.site.url}#/fleet?device=room-senml-01&metric=temperature&from=${from}&to=${from + 100_000}`,
    );
    const series = (await (await answer).json()) as Series;
    expect(series.values).toBe(series.time.length);
    expect(series.mean).toEqual(series.max);
    const { rows } = await tests.site.lake.query(
      `SELECT value_double FROM readings WHERE device_id = 'room-senml-01' AND metric = 'temperature'
         AND epoch_ms(ts) >= ${series.from} AND epoch_ms(ts) < ${series.to} ORDER BY ts`,
    );
    expect(series.mean).toEqual(rows.flat());
    expect(series.mean.length).toBeGreaterThanOrEqual(10);
  });

  test("stays in the address: a reload shows the same, and a stretch without values says so", async () => {
    const page = await openPlot(view);
    await changed(page, () => button(page, "Zoom in").click());
    const shown = await words(page);
    await page.reload();
    await eventually(async () => expect(await words(page)).toBe(shown));
    await page.goto(
      `${tests.site.url}#/fleet?device=room-senml-01&metric=temperature&from=1000000&to=2000000`,
    );
    await page.getByText("No value in this stretch of time").waitFor();
    await chart(page).focus();
    await page.keyboard.press("0");
    await page.getByText("No value in this stretch of time").waitFor({ state: "hidden" });
  });
});
