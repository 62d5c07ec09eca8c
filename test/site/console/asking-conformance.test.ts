/** The site's API answers what the API of every cloud does (test/functions/asking). */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Fieldlake } from "../../../clients/typescript/client.ts";
import { alarmRow } from "../../../functions/alarms/alarms-table.ts";
import { newAlarm } from "../../../functions/alarms/raised.ts";
import { alarmsAsTable, askedAlarms } from "../../support/asked-alarms.ts";
import {
  askedAlike,
  beganBefore,
  hostileStatements,
  type AskedTarget,
} from "../../support/asking-conformance.ts";
import { startRealApi, type RealApi } from "./support/real-api.ts";

const began = Date.now() - beganBefore;
let api: RealApi;
beforeAll(async () => {
  api = await startRealApi(began);
}, 60_000);
afterAll(() => api.stop());

const client: AskedTarget["client"] = async (token) =>
  new Fieldlake({ url: api.url, token: await api.tokenOf(token) });

describe("the site answers as every cloud does", () => {
  test.each(Object.entries(askedAlike))("%s", async (_, body) => body({ began, client }));

  test("alarms are a table", async () => {
    await api.store.lake.showAlarms(askedAlarms(began).map((raised) => alarmRow(newAlarm(raised), [])));
    await alarmsAsTable({ began, client });
  });

  test.each(hostileStatements)("and shows nobody more by %s", async (sql) => {
    const lake = await client({ devices: ["press-02"] });
    await expect(lake.query(sql)).rejects.toMatchObject({ status: 422, code: "query" });
  });
});
