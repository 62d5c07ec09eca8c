/** Runs in the head, before anything is painted, so that a remembered theme doesn't flash. */
import { applyTheme, rememberedTheme } from "./shell/theme.ts";

applyTheme(rememberedTheme());
