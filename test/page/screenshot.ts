/**
 * Takes the picture of a page: `node test/page/screenshot.ts <url> <out.png> [width] [height] [light|dark] [scale]`.
 * The url may carry the access token and a view (`…/?token=…#/lake`). Defaults: 1600 by
 * 1000, light, two pixels of the picture for each of the page.
 */
import { launchChromium } from "./support/chromium.ts";

const [url, file, width = "1600", height = "1000", theme = "light", scale = "2"] = process.argv.slice(2);
if (url === undefined || file === undefined || (theme !== "light" && theme !== "dark")) {
  console.error("usage: node test/page/screenshot.ts <url> <out.png> [width] [height] [light|dark] [scale]");
  process.exit(2);
}
const browser = await launchChromium();
try {
  const page = await browser.newPage({
    viewport: { width: Number(width), height: Number(height) },
    deviceScaleFactor: Number(scale),
    colorScheme: theme,
    reducedMotion: "reduce",
    ignoreHTTPSErrors: true,
  });
  await page.goto(url);
  await page.locator('.connection[data-state="live"]').waitFor();
  // Charts draw in the frame after their values came; rates take two summaries.
  await page.waitForTimeout(3500);
  await page.screenshot({ path: file });
  console.log(`${file}: ${width} × ${height}, ${theme}`);
} finally {
  await browser.close();
}
