import { expect, test } from "@jest/globals";
import { userCacheFolder } from "../../toolchain/paths.mjs";

test.each([
  ["linux", {}, "/home/ada/.cache/fieldlake"],
  ["linux", { XDG_CACHE_HOME: "/var/cache/ada" }, "/var/cache/ada/fieldlake"],
  ["linux", { XDG_CACHE_HOME: "relative" }, "/home/ada/.cache/fieldlake"],
  ["darwin", {}, "/home/ada/Library/Caches/fieldlake"],
  ["darwin", { XDG_CACHE_HOME: "/caches" }, "/caches/fieldlake"],
])("the user's cache on %s with %j", (platform, env, expected) => {
  expect(userCacheFolder({ platform, env, home: "/home/ada" })).toBe(expected);
});

test("the user's cache on Windows", () => {
  const env = { LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" };
  const expected = "C:\\Users\\ada\\AppData\\Local\\fieldlake\\cache";
  expect(userCacheFolder({ platform: "win32", env, home: "C:\\Users\\ada" })).toBe(expected);
  expect(userCacheFolder({ platform: "win32", env: {}, home: "C:\\Users\\ada" })).toBe(expected);
});
