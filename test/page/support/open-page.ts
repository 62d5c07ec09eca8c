/**
 * The page of a fake site in a real Chromium, for a test file: one browser and one site, a fresh profile for each test.
 * Every test fails where the page said something on the browser's console, threw, or asked another server for anything,
 * unless the test says that it must.
 */
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium, onlyThisMachine } from "./chromium.ts";
import { startFakeSite, type FakeSite, type FakeSiteOptions } from "./fake-site.ts";

/** What the browser opens. */
interface PageSite {
  readonly url: string;
  /** The address with the token. */
  readonly link: string;
  stop(): Promise<void>;
}

export interface PageTests<Site extends PageSite> {
  readonly site: Site;
  /** Signed in, at a view such as `#/lake`, once the page has heard from the site. */
  open(view?: string, options?: BrowserContextOptions): Promise<Page>;
  /** A browser that has no access yet. */
  visit(options?: BrowserContextOptions): Promise<Page>;
  /** What went wrong so far; taking it makes it expected. */
  takeFaults(): string[];
}

/** Wide, with a zone of its own, so that a local time is never the UTC one. */
const wide = { viewport: { width: 1440, height: 900 }, timezoneId: "Asia/Kolkata" } as const;
export const narrow = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

export const pageTests = (options: FakeSiteOptions = {}): PageTests<FakeSite> =>
  pageTestsOf(() => startFakeSite(options));

/** As {@link pageTests}, of a site that the test starts. */
export function pageTestsOf<Site extends PageSite>(start: () => Promise<Site>): PageTests<Site> {
  let browser: Browser | undefined;
  let started: Site | undefined;
  let faults: string[] = [];

  beforeAll(async () => {
    [browser, started] = await Promise.all([launchChromium(onlyThisMachine), start()]);
  }, 60_000);
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    const found = faults;
    faults = [];
    expect(found).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await started?.stop();
  });

  const site = (): Site => {
    if (started === undefined) throw new Error("the site did not start");
    return started;
  };
  const visit = async (context: BrowserContextOptions = {}): Promise<Page> => {
    if (browser === undefined) throw new Error("Chromium did not start");
    const page = await (await browser.newContext({ ...wide, ...context })).newPage();
    page.setDefaultTimeout(8000);
    page.on("console", (message) => faults.push(`console ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const isOurs = (address: string): boolean => {
      const { origin, protocol } = new URL(address);
      return `${origin}/` === site().url || protocol === "blob:";
    };
    page.on("response", (response) => {
      if (!isOurs(response.url())) faults.push(`request: ${response.url()}`);
    });
    page.on("requestfailed", (request) => {
      // Chromium tells of a request that the policy stopped, although it never left.
      const isStopped = /csp|BLOCKED_BY_CSP/i.test(request.failure()?.errorText ?? "");
      if (!isOurs(request.url()) && !isStopped) faults.push(`request: ${request.url()}`);
    });
    return page;
  };
  return {
    get site() {
      return site();
    },
    visit,
    async open(view = "", context = {}) {
      const page = await visit(context);
      await page.goto(`${site().link}${view}`);
      await page.locator('.connection[data-state="live"]').waitFor();
      return page;
    },
    takeFaults() {
      const taken = faults;
      faults = [];
      return taken;
    },
  };
}

/** Tries until nothing is thrown, for eight seconds. */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const end = Date.now() + 8000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
}
