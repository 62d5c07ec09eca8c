/** What the declared insights found, and what that rests on. */
import { expect, test } from "@jest/globals";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests();

test("insights are there newest first, by kind, and each opens to the files that it rests on", async () => {
  const page = await tests.open("#/insights");
  const entries = page.locator(".insight");
  await entries.first().waitFor();
  expect(await entries.count()).toBe(3);
  expect(await entries.first().innerText()).toMatch(/limit[^]*press-json-01[^]*above 80[^]*hot@2/);
  await page.getByRole("button", { name: /^Anomalies:/ }).click();
  await eventually(async () => expect(await entries.count()).toBe(1));
  expect(page.url()).toContain("kind=anomaly");
  const evidence = page.locator(".evidence");
  expect(await evidence.locator("summary").innerText()).toBe(
    "rests on 720 values by machine-json@1, detector@2",
  );
  expect(await evidence.locator("li").first().isVisible()).toBe(false);
  await evidence.locator("summary").click();
  expect(await evidence.locator("li").allInnerTexts()).toEqual(
    [0, 1].map(
      (index) =>
        `curated/rollups_1m/dt=2026-01-01/hr=00/${index}.parquet 60 rows, SHA-256 ${"ab".repeat(32)}`,
    ),
  );
});

test("an anomaly leads to its series, with the time around it and what stands out", async () => {
  const page = await tests.open("#/insights?kind=anomaly");
  await page.getByRole("link", { name: "room-senml-01" }).click();
  await page.locator(".chip[aria-pressed=true]", { hasText: "temperature" }).waitFor();
  const { hash } = new URL(page.url());
  expect(hash).toMatch(
    /^#\/fleet\?device=room-senml-01&metric=temperature&from=\d{13}&to=\d{13}&anomalies=1$/,
  );
  const [from, to] = [.../(?:from|to)=(\d+)/g[Symbol.matchAll](hash)].map(([, time]) => Number(time)) as [
    number,
    number,
  ];
  // 100 minutes, half as much before and behind.
  expect(Math.round((to - from) / 60_000)).toBe(200);
});

test("without any, it says what is there instead", async () => {
  const page = await tests.open("#/insights?kind=forecast");
  await page.getByText("Nothing found").waitFor();
});
