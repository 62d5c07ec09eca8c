/** The first view: figures, devices, rows per minute, latest values. */
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

const devices = (page: Page) => page.locator(".panel-devices .device");
const device = (page: Page, id: string) => devices(page).filter({ hasText: id });
const latest = (page: Page) => page.getByRole("table", { name: "Latest values" }).locator("tbody tr");
const cells = (page: Page, column: number) =>
  latest(page).locator(`td:nth-child(${column})`).allTextContents();
const figure = (page: Page, label: string) => page.locator(".figure").filter({ hasText: label });

test("the key figures are the site's counters", async () => {
  const page = await tests.open();
  const { pipeline, zones } = await tests.site.lake.stats();
  const shown = async (label: string) => figure(page, label).locator("dd").allTextContents();
  expect(await shown("Devices online")).toEqual(["7 / 10", "7 sessions, 1 revoked"]);
  expect((await shown("Messages"))[0]).toBe(pipeline.messages.toLocaleString("en"));
  expect((await shown("Rows stored"))[0]).toBe((pipeline.rows + pipeline.frames).toLocaleString("en"));
  expect((await shown("Quarantined"))[0]).toBe("37");
  expect((await shown("Repeats dropped"))[0]).toBe("214");
  expect(await shown("Log behind")).toEqual(["12", "messages not in files yet"]);
  const files = zones.reduce((sum, zone) => sum + zone.files, 0);
  expect((await shown("Size of the lake"))[1]).toBe(`${files} files`);
});

describe("devices", () => {
  test("are told apart by state, in word and shape, with when they were last heard", async () => {
    const page = await tests.open();
    await devices(page).first().waitFor();
    expect(await devices(page).count()).toBe(10);
    const text = (id: string) => device(page, id).locator(".device-seen").innerText();
    expect(await text("wrist-01")).toMatch(/online|ago|now/);
    expect(await text("tracker-lpp-01")).toMatch(/^offline\s*1 h ago$/);
    expect(await text("wrist-04")).toMatch(/^revoked\s*1 d ago$/);
    expect((await text("wrist-05")).trim()).toBe("never connected");
    const states = await devices(page)
      .locator(".dot")
      .evaluateAll((dots) => dots.map((dot) => dot.getAttribute("data-state")));
    expect(new Set(states)).toEqual(new Set(["online", "offline", "revoked", "silent"]));
    expect(await device(page, "room-senml-01").locator("[data-warn]").textContent()).toBe("certificate 8 d");
    expect(await device(page, "room-senml-02").locator("[data-warn]").count()).toBe(0);
  });

  test("change before one's eyes: what a device says on its status topic, and that it was heard", async () => {
    const page = await tests.open();
    await device(page, "tracker-lpp-01").waitFor();
    const lastSeen = Date.now() * 1000;
    tests.site.fleet.change("tracker-lpp-01", { connected: true, online: true, lastSeen });
    const dot = device(page, "tracker-lpp-01").locator(".dot");
    await eventually(async () => expect(await dot.getAttribute("data-state")).toBe("online"));
    expect(await device(page, "tracker-lpp-01").locator("time").getAttribute("datetime")).toBe(
      new Date(lastSeen / 1000).toISOString(),
    );
    // It says goodbye while its session is still open: what it says counts.
    tests.site.fleet.change("tracker-lpp-01", { online: false });
    await eventually(async () => expect(await dot.getAttribute("data-state")).toBe("offline"));
    await eventually(async () =>
      expect(await figure(page, "Devices online").locator("dd").allTextContents()).toEqual([
        "7 / 10",
        "8 sessions, 1 revoked",
      ]),
    );
    tests.site.fleet.change("tracker-lpp-01", { connected: false });
  });

  test("are searched by id and profile", async () => {
    const page = await tests.open();
    await page.getByLabel("Search devices").fill("SENML-CBOR");
    await eventually(async () => expect(await devices(page).count()).toBe(1));
    expect(await page.locator(".panel-devices .panel-note").textContent()).toBe("1 of 10");
    await page.getByLabel("Search devices").fill("nobody");
    await page.getByText("No device matches").waitFor();
    await page.getByLabel("Search devices").fill("");
    await eventually(async () => expect(await devices(page).count()).toBe(10));
  });
});

describe("rows per minute", () => {
  test("are those of the lake, over an hour, six hours or a day", async () => {
    const page = await tests.open();
    const chart = page.locator(".rate-chart");
    const words = async () => (await chart.getAttribute("aria-label")) ?? "";
    await eventually(async () => expect(await words()).toContain("over 60 minutes"));
    // Again where a minute ended between the two questions.
    await eventually(async () => {
      const minute = Math.floor(Date.now() / 60_000) - 1;
      const { rows } = await tests.site.lake.query(
        `SELECT count(*) FROM (SELECT ingest_ts FROM readings UNION ALL SELECT ingest_ts FROM frames_wearable_imu)
         WHERE epoch_us(ingest_ts) // 60000000 = ${minute}`,
      );
      expect(await page.locator(".panel-rate .panel-note").textContent()).toBe(
        `${Number(rows[0]?.[0]).toLocaleString("en")} in the last full minute`,
      );
    });
    for (const [name, minutes] of [
      ["Last six hours", 360],
      ["Last 24 hours", 1440],
    ] as const) {
      await page
        .getByRole("group", { name: "Range of rows per minute" })
        .getByRole("button", { name })
        .click();
      await eventually(async () => expect(await words()).toContain(`over ${minutes} minutes`));
    }
    await chart.locator(".u-over").hover();
    expect(await page.locator(".panel-rate .panel-note").textContent()).toMatch(/^\d\d:\d\d · [\d,]+ rows?$/);
  });
});

describe("latest values", () => {
  test("are shown as what they are: numbers with units, states, texts, bytes, bad readings, no numbers", async () => {
    const page = await tests.open();
    await latest(page).first().waitFor();
    await page.getByLabel("Search device or metric").fill("press");
    await eventually(async () => expect(await latest(page).count()).toBe(8));
    const shown = await latest(page).evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector(".metric-cell")?.textContent,
          [...row.querySelectorAll(".value, .unit, .quality")]
            .map((part) => part.textContent)
            .filter(Boolean)
            .join(" "),
        ]),
      ),
    );
    expect(shown).toMatchObject({
      cycles: "9,007,199,254,740,993",
      running: "true",
      state: "forming",
      signature: "deadbeef",
      pressure: "– bad",
      torque: "NaN",
    });
    expect(shown["vibration"]).toMatch(/^-?[\d.]+ m\/s²$/);
  });

  test("are found by device and metric, all words, whatever the case", async () => {
    const page = await tests.open();
    await page.getByLabel("Search device or metric").fill("SENML temp");
    await eventually(async () => expect(await cells(page, 1)).toEqual(["room-senml-01", "room-senml-02"]));
    await page.getByLabel("Search device or metric").fill("no such thing");
    await page.getByText("No value matches").waitFor();
  });

  test("are sorted by each column, up and down", async () => {
    const page = await tests.open();
    await latest(page).first().waitFor();
    const head = (name: string) => page.locator(".panel-latest th").filter({ hasText: name });
    const sortBy = async (name: string, order: "ascending" | "descending") => {
      await head(name).getByRole("button").click();
      await eventually(async () => expect(await head(name).getAttribute("aria-sort")).toBe(order));
    };
    const inOrder = async (column: number, compare: (a: string, b: string) => number) =>
      eventually(async () => {
        const texts = await cells(page, column);
        expect(texts.length).toBeGreaterThan(30);
        expect(texts).toEqual(texts.toSorted(compare));
      });
    const byText = (a: string, b: string) => (a < b ? -1 : Number(a > b));
    await inOrder(1, byText);
    await sortBy("Device", "descending");
    await inOrder(1, (a, b) => byText(b, a));
    await sortBy("Metric", "ascending");
    // A sub-device stands behind the metric: the same metric's order is by device.
    await inOrder(2, (a, b) => byText(a.replace(/\d$/, ""), b.replace(/\d$/, "")));
    await sortBy("Value", "ascending");
    await eventually(async () => {
      const values = (await cells(page, 3)).map((text) => text.replaceAll(",", ""));
      expect(values.slice(-4)).toEqual(["NaN", "forming", "–bad", "deadbeef"]);
      const numbers = values.slice(0, -4).map((text) => (text === "true" ? 1 : Number.parseFloat(text)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    });
    await sortBy("Time", "descending");
    await eventually(async () => {
      const times = await latest(page)
        .locator("time")
        .evaluateAll((all) => all.map((one) => one.getAttribute("datetime") ?? ""));
      expect(times).toEqual(times.toSorted().toReversed());
    });
  });

  test("appear and change when something arrives, without moving what somebody looks at", async () => {
    const page = await tests.open();
    await page.getByLabel("Search device or metric").fill("press");
    await eventually(async () => expect(await latest(page).count()).toBe(8));
    const row = await latest(page).filter({ hasText: "vibration" }).elementHandle();
    const arrive = (metric: string, value: number) =>
      tests.site.lake.run(
        `INSERT INTO kept_readings BY NAME SELECT 'demo' AS tenant, 'press-json-01' AS device_id, '${metric}' AS metric, now() AS ts,
           ${value} AS value_double, 'm/s2' AS unit, 0 AS quality, 0 AS flags, now() AS ingest_ts, ''::BLOB AS msg_id,
           'live' AS lane, 'machine-json' AS codec, '1' AS codec_version`,
      );
    await arrive("vibration", 1234.5);
    await arrive("a_new_metric", 1);
    await eventually(async () => expect(await latest(page).count()).toBe(9));
    expect(await row?.evaluate((tr) => tr.isConnected && tr.querySelector(".value")?.textContent)).toBe(
      "1,234.5",
    );
  });

  test("lead to their plot", async () => {
    const page = await tests.open();
    await page.getByRole("button", { name: "Plot battery_voltage of tracker-lpp-01" }).click();
    await eventually(async () =>
      expect(await page.locator(".plot-chart").getAttribute("aria-label")).toContain(
        "Time series of tracker-lpp-01",
      ),
    );
    expect(page.url()).toContain("#/fleet?device=tracker-lpp-01&metric=battery_voltage");
    expect(await device(page, "tracker-lpp-01").getAttribute("aria-current")).toBe("true");
    await page.goBack();
    await eventually(async () =>
      expect(await page.locator(".plot-device").textContent()).not.toBe("tracker-lpp-01"),
    );
  });
});
