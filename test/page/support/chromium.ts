/** Chromium for the page: the one that `npm test` has found or brought in, or that is brought in now. */
import { chromium, type Browser } from "playwright-core";
import { ensureBrowser } from "../../../toolchain/steps/browser.mjs";
import { createContext } from "../../../toolchain/toolchain.mjs";

const args = [
  // Tests run as root in containers; what the browser loads is ours.
  "--no-sandbox",
  "--disable-gpu",
  // Everything a browser does of its own accord over the network is off.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  // A headless Chromium under LANG=C calls its language `en-US@posix`, which no Intl takes.
  "--accept-lang=en-US",
];

/** No name but this machine's leads anywhere: what asks for another one fails. */
export const onlyThisMachine = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

/** Rejects with what to do where there is no Chromium. */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: await executable(), args: [...args, ...more], headless: true });
}

async function executable(): Promise<string> {
  const missing = process.env["FIELDLAKE_NO_CHROMIUM"];
  if (missing !== undefined) throw new Error(missing);
  const context = createContext();
  try {
    const browser = await ensureBrowser(context);
    if (browser.source === "none") throw new Error(browser.problem);
    return browser.executable;
  } finally {
    context.release();
  }
}
