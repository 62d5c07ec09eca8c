/** The site goes away and comes back, is updated, or has nothing to show yet: the page says so and goes on by itself. */
import { describe, expect, test } from "@jest/globals";
import { eventually, pageTests } from "./support/open-page.ts";

describe("a site that restarts", () => {
  const tests = pageTests();

  test("is missed, kept on screen as it was, and found again without a hand", async () => {
    const page = await tests.open();
    const latest = page.locator(".latest tbody tr");
    await latest.first().waitFor();
    const before = await latest.count();
    await tests.site.pause();
    await page.getByRole("alert").getByText("The site does not answer.").waitFor();
    expect(await page.locator(".connection").textContent()).toBe("Offline");
    await eventually(async () =>
      expect(await page.locator(".countdown").textContent()).toMatch(/^(next attempt in \d s|asking …)$/),
    );
    expect(await latest.count()).toBe(before);
    await tests.site.lake
      .run(`INSERT INTO kept_readings BY NAME SELECT 'demo' AS tenant, 'while-away' AS device_id, 'news' AS metric, now() AS ts,
      1 AS value_double, 0 AS quality, 0 AS flags, now() AS ingest_ts, ''::BLOB AS msg_id, 'live' AS lane, 'x' AS codec, '1' AS codec_version`);
    await tests.site.resume();
    await eventually(async () => expect(await page.locator(".connection").textContent()).toBe("Live"));
    await eventually(async () =>
      expect(await page.locator("#announcer").textContent()).toBe("The site answers again."),
    );
    expect(await page.getByRole("alert").filter({ visible: true }).count()).toBe(0);
    await latest.filter({ hasText: "while-away" }).waitFor();
    expect(tests.takeFaults().join("\n")).toContain("ERR_CONNECTION_REFUSED");
  });

  test("answers a statement again that was asked while it was away", async () => {
    const page = await tests.open("#/sql?q=SELECT+42+AS+answer");
    await page.locator(".schema summary").first().waitFor();
    await tests.site.pause();
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText("The site did not answer.").waitFor();
    await tests.site.resume();
    await page.getByRole("button", { name: "Try now" }).click();
    await eventually(async () => expect(await page.locator(".connection").textContent()).toBe("Live"));
    await page.getByRole("button", { name: "Run" }).click();
    await page.locator(".answer td").getByText("42", { exact: true }).waitFor();
    tests.takeFaults();
  });

  test("with a newer page offers it", async () => {
    const page = await tests.open();
    await page.route("**/api/summary", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), pageVersion: "newer" } });
    });
    await page.getByText("The site was updated").waitFor();
    await page.unroute("**/api/summary");
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByText("The site was updated").waitFor({ state: "detached" });
  });

  test("asks nothing while nobody looks", async () => {
    const page = await tests.visit();
    await page.clock.install();
    await page.goto(tests.site.link);
    await page.locator(".latest tbody tr").first().waitFor();
    const asks = () => tests.site.lake.asked.length;
    let asked = asks();
    await page.clock.fastForward(10_000);
    await eventually(async () => expect(asks()).toBeGreaterThan(asked));
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    });
    await page.waitForLoadState("networkidle");
    asked = asks();
    await page.clock.fastForward(60_000);
    await page.waitForLoadState("networkidle");
    expect(asks()).toBe(asked);
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "visible" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await eventually(async () => expect(asks()).toBeGreaterThan(asked));
  });
});

describe("an environment without anything yet", () => {
  const tests = pageTests({ empty: true });

  test("says in each place what will be there", async () => {
    const page = await tests.open();
    for (const text of [
      "No device yet",
      "No row in this time",
      "The plot begins with the first message that is decoded.",
      "Values appear here when the first message is decoded.",
    ]) {
      await page.getByText(text).first().waitFor();
    }
    await page.goto(`${tests.site.url}#/quarantine`);
    await page.getByText("Every message so far could be decoded.").waitFor();
    await page.goto(`${tests.site.url}#/lake`);
    await page.getByText("No file yet").waitFor();
    await page.goto(`${tests.site.url}#/environment`);
    await page.getByText("No resource is listed").waitFor();
  });
});
