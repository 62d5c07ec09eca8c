/** What models are, how well they did, and what they tell of devices. */
import { expect, test } from "@jest/globals";
import { fakeScores } from "./support/fake-models.ts";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

test("a model says its version, how well it did, what it comes from; its scores are drawn as they come", async () => {
  const page = await tests.open("#/models");
  const model = page.getByRole("article", { name: "activity" });
  await model.waitFor();
  const text = await model.innerText();
  expect(text).toContain("5d41402abc4b2a76b9719d911017c592ae2c3f1c9f3e5d8f7b6a4c3d2e1f0a9b");
  expect(text).toContain("devices wrist-*, from frames_wearable_imu; 4,711 windows since the start");
  expect(text).toContain("5 s, every 2.5 s; 100 trees");
  expect(text).toContain(
    "frames_wearable_imu by activity: 4,000 samples in 40 stretches, decoded by wearable-imu@1",
  );
  expect(text).toContain("114 of 120 windows, 40 of 40 stretches that it had not seen");
  const confusion = page.getByRole("table", { name: "Confusion of activity" });
  expect(await confusion.getByRole("row").nth(4).innerText()).toMatch(/^walking\s+0\s+0\s+3\s+27$/);
  expect(text).toContain("No scores within the last day");

  const labels = ["running", "running", "walking"];
  for (const statement of fakeScores(Date.now(), "wrist-02", labels).split(";"))
    await tests.site.lake.run(statement);
  const strip = page.getByRole("img", { name: "The last 3 windows: running 2, walking 1" });
  await eventually(async () => expect(await strip.locator("i").count()).toBe(3));
  const colours = await strip
    .locator("i")
    .evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
  expect(colours[0]).toBe(colours[1]);
  expect(colours[2]).not.toBe(colours[0]);
  expect(await page.locator(".score-last").innerText()).toMatch(/^walking 97 %, \d+ s ago$/);

  await page.getByRole("link", { name: "wrist-02" }).click();
  await page.locator(".fleet-view").waitFor();
  expect(page.url()).toContain("metric=activity_is_walking");
  await eventually(async () =>
    expect(await page.locator(".plot-chart").getAttribute("aria-label")).toContain("wrist-02"),
  );
});
