import type { Target } from "./contracts/common.ts";
import type { Platform } from "./contracts/platform.ts";
import type { Config } from "../config.ts";

interface PlatformModule {
  createPlatform(config: Config): Platform;
}

/** Only the chosen target's module, and so only its provider SDK, is ever loaded. */
const platforms = {
  local: () => import("./local/platform.ts"),
  aws: () => import("./aws/platform.ts"),
  azure: () => import("./azure/platform.ts"),
} satisfies Record<Target, () => Promise<PlatformModule>>;

/** The one place that turns a target's name into its implementation. */
export async function loadPlatform(config: Config): Promise<Platform> {
  const { createPlatform } = await platforms[config.target]();
  return createPlatform(config);
}
