import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * The last line of `npm test`.
 *
 * @param {Counts} counts
 */
export const countsLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * The counts of a jest run. A test file that could not be run at all counts as one failure: its tests are in none
 * of jest's own numbers.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numRuntimeErrorTestSuites: number }} results
 * @returns {Counts}
 */
export const countResults = (results) => ({
  passed: results.numPassedTests,
  failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
  skipped: results.numPendingTests + results.numTodoTests,
});

/**
 * Adds the outcome of the checks before jest: each counts as one test. A jest that failed without saying what
 * failed (a broken configuration, a crash) counts as one failure.
 *
 * @param {readonly boolean[]} checks whether each check passed
 * @param {{ ok: boolean, counts: Counts | undefined }} jest
 * @returns {Counts}
 */
export function totalCounts(checks, { ok, counts = { passed: 0, failed: 0, skipped: 0 } }) {
  const passedChecks = checks.filter(Boolean).length;
  const failed = counts.failed + checks.length - passedChecks;
  return {
    passed: counts.passed + passedChecks,
    failed: ok ? failed : Math.max(1, failed),
    skipped: counts.skipped,
  };
}

/**
 * Test files whose process V8 ended by a failed check of its own (SIGTRAP): nothing that a test or its subject could
 * cause from JavaScript. Seen with WebAssembly in several threads, https://github.com/nodejs/node/issues/64500.
 *
 * @param {{ testResults: readonly { testFilePath: string, failureMessage?: string | null }[] }} results
 * @returns {string[]}
 */
export const abortedFiles = ({ testResults }) =>
  testResults
    .filter(({ failureMessage }) => /jest worker process .* signal=SIGTRAP\b/.test(failureMessage ?? ""))
    .map(({ testFilePath }) => testFilePath);

/**
 * The counts after aborted files were run once more.
 *
 * @param {Counts} first in which each of them is one failure
 * @param {number} aborted how many
 * @param {Counts | undefined} again of them alone; undefined where jest wrote none
 * @returns {Counts}
 */
export const countsAgain = (first, aborted, again = { passed: 0, failed: aborted, skipped: 0 }) => ({
  passed: first.passed + again.passed,
  failed: first.failed - aborted + again.failed,
  skipped: first.skipped + again.skipped,
});

/** @param {string} file @param {Counts & { aborted: string[] }} counts */
export const writeCounts = (file, counts) => writeFileSync(file, JSON.stringify(counts));

/**
 * @param {string} file
 * @returns {Counts & { aborted: string[] } | undefined} undefined where jest wrote none; the file is removed
 */
export function takeCounts(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  } finally {
    rmSync(file, { force: true });
  }
}
