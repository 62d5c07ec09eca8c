/** The door of the page, as a person with a browser meets it. */
import { describe, expect, test } from "@jest/globals";
import { fakeToken } from "./support/fake-site.ts";
import { eventually, pageTests } from "./support/open-page.ts";

const tests = pageTests({ empty: true });
const unauthorised =
  "console error: Failed to load resource: the server responded with a status of 401 (Unauthorized)";

describe("without access", () => {
  test("there is a form that says where the token is, and nothing of the environment", async () => {
    const page = await tests.visit();
    const answer = await page.goto(tests.site.url);
    expect(answer?.status()).toBe(401);
    expect(await page.getByRole("heading").allTextContents()).toEqual(["Fieldlake"]);
    expect(await page.getByText("npm run status -- --token").count()).toBe(1);
    expect(await page.content()).not.toContain("demo");
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(await page.getByLabel("Access token").evaluate((field) => field === document.activeElement)).toBe(
      true,
    );
    expect(tests.takeFaults()).toEqual([unauthorised]);
  });

  test("a wrong token is refused with a word, and the right one opens the page", async () => {
    const page = await tests.visit();
    await page.goto(tests.site.url);
    await page.getByLabel("Access token").fill("not-the-token");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alert").textContent()).toBe("This access token is not the right one.");
    expect(tests.takeFaults()).toEqual([unauthorised, unauthorised]);

    await page.getByLabel("Access token").fill(fakeToken);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "demo" }).waitFor();
    expect(page.url()).toBe(tests.site.url);
  });

  test("the address of a view leads there once the token was given", async () => {
    const page = await tests.visit();
    await page.goto(`${tests.site.url}?token=wrong#/lake`);
    expect(tests.takeFaults()).toEqual([unauthorised]);
    await page.goto(`${tests.site.link}#/lake`);
    await page.getByRole("heading", { name: "Tables" }).waitFor();
  });
});

describe("the token", () => {
  test("leaves address, history and document once it was exchanged for a cookie that no script reads", async () => {
    const page = await tests.open();
    expect(page.url()).not.toContain("token");
    const seen = await page.evaluate(() => [
      document.cookie,
      document.documentElement.outerHTML,
      document.referrer,
      JSON.stringify({ ...localStorage, ...sessionStorage }),
      JSON.stringify(history.state),
    ]);
    expect(seen.join("\n")).not.toContain(fakeToken);
    expect(seen[0]).toBe("");
    const cookies = await page.context().cookies();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/", domain: "127.0.0.1" });
    expect(cookies[0]?.value).not.toContain(fakeToken);
  });

  test("is needed once: a reload and a new tab are let in", async () => {
    const page = await tests.open();
    await page.reload();
    await page.getByRole("heading", { name: "demo" }).waitFor();
    const second = await page.context().newPage();
    expect((await second.goto(tests.site.url))?.status()).toBe(200);
  });

  test("that was changed shuts an open page out, which says so and says where the new one is", async () => {
    const page = await tests.open();
    await tests.site.pause();
    await tests.site.resume("another-token-that-is-long-enough-0123456789");
    await page.getByText("This browser's access has ended.").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("npm run status -- --token");
    expect(await page.locator(".connection").textContent()).toBe("No access");
    await tests.site.pause();
    await tests.site.resume();
    await page.getByRole("button", { name: "Try now" }).click();
    await eventually(async () => expect(await page.locator(".connection").textContent()).toBe("Live"));
    expect(tests.takeFaults().join("\n")).toContain("401 (Unauthorized)");
  });
});
