/** List prices and default quotas: each cited, and the arithmetic on them by hand. */
import { describe, expect, test } from "@jest/globals";
import { costLine } from "../../components/shared/cost-line.ts";
import { awsQuotas, azureQuotas, quotaLine } from "../../components/shared/default-quotas.ts";
import { awsPrices, azurePrices, pricesAsOf } from "../../components/shared/list-prices.ts";

const prices = Object.entries({ ...awsPrices, ...azurePrices });

describe("list prices", () => {
  test("name unit, region, the vendor's page, and where and when they were seen", () => {
    expect(pricesAsOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    for (const [name, { usd, unit, region, page, seen }] of prices) {
      expect([name, usd > 0, unit !== "", region !== ""]).toEqual([name, true, true, true]);
      expect(page).toMatch(/^https:\/\/(aws\.amazon|azure\.microsoft)\.com\/\S+$/);
      expect(seen).toMatch(/, 20\d\d(-\d\d){0,2}$/);
    }
  });

  test("from memory is said of one only", () => {
    expect(prices.filter(([, { seen }]) => seen.includes("memory")).map(([name]) => name)).toEqual([
      "firehosePartition",
    ]);
  });

  test.each([
    // As the expected results of infracost's tests have it, for example 20 units for 730 h.
    [azurePrices.eventHubsUnitHour, 20 * 730, 438],
    [azurePrices.eventHubsPremiumHour, 730, 749.71],
    [azurePrices.eventHubsIngress, 100, 2.8],
    [azurePrices.iotHubS1Month, 4, 100],
    [azurePrices.privateEndpointHour, 730, 7.3],
    [azurePrices.blobHot, 51_200, 1_064.96],
    [awsPrices.kinesisShardHour, 2_920, 43.8],
    [awsPrices.lambdaSecond, 7_500_000_000, 100_000.5],
    [awsPrices.s3Storage, 10_000, 230],
    [awsPrices.dynamoWrite, 3, 1.88],
    [awsPrices.sqsRequest, 2, 0.8],
  ])("%j × %d is what the source says", (price, quantity, usdPerMonth) => {
    expect(costLine({ component: "c", item: "i", price, quantity })).toMatchObject({ usdPerMonth });
  });

  test("a line shows its figures, and where they are from", () => {
    const line = costLine({
      component: "SecureIngest",
      item: "units",
      price: azurePrices.eventGridUnitHour,
      quantity: 730,
    });
    expect(line).toEqual({
      component: "SecureIngest",
      item: "units",
      basis: "730 × 0.04 USD per hour of a throughput unit",
      usdPerMonth: 29.2,
      source:
        "https://azure.microsoft.com/pricing/details/event-grid, East US; seen: Azure Retail Prices API, as published on GitHub, 2026; no second statement found, 2026-11-26",
    });
  });
});

describe("default quotas", () => {
  test("name limit, unit and where they are stated, with a year", () => {
    for (const { quota, limit, unit, source } of Object.values({ ...awsQuotas, ...azureQuotas })) {
      expect([quota, limit > 0, unit !== ""]).toEqual([quota, true, true]);
      expect(source).toMatch(/^https:\/\/\S+, .*20\d\d/);
    }
  });

  test("those of a unit grow with the units", () => {
    expect(quotaLine(azureQuotas.eventGridClients, 25_000, "", 2)).toMatchObject({
      quota: "Event Grid clients and sessions of a unit × 2",
      limit: 20_000,
      expected: 25_000,
    });
    expect(quotaLine(azureQuotas.eventGridClients, 1 / 3, "raise it")).toEqual({
      quota: "Event Grid clients and sessions of a unit",
      limit: 10_000,
      expected: 0.3333,
      unit: "clients",
      remark: "raise it",
      source: azureQuotas.eventGridClients.source,
    });
  });
});
