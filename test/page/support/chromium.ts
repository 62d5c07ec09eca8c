/** Finds a Chromium that this machine has, or, as root in CI, has the system's package manager bring one. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;

/** Everything a browser does of its own accord over the network is off. */
const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Found = { readonly executable: string } | { readonly reason: string };

/** `CHROMIUM_PATH`, then the usual names on PATH, then (root and CI only) Debian's package. */
export function findChromium(): Found {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    return isExecutable(named)
      ? { executable: named }
      : {
          reason: `CHROMIUM_PATH: received ${JSON.stringify(named)}; allowed: the path of an executable Chromium`,
        };
  }
  const present = onPath();
  if (present !== undefined) return { executable: present };
  if (process.env["CI"] === undefined || process.getuid?.() !== 0) {
    return { reason: `no ${names.join(", ")} on PATH: install chromium, or set CHROMIUM_PATH` };
  }
  for (const command of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    spawnSync("apt-get", command, { stdio: "ignore", timeout: 240_000 });
  }
  const installed = onPath();
  return installed === undefined
    ? { reason: "apt-get install chromium brought none" }
    : { executable: installed };
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function launchChromium(executable: string): Promise<Browser> {
  return chromium.launch({ executablePath: executable, args, headless: true });
}
