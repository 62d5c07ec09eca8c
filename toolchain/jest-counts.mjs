import { abortedFiles, countResults, writeCounts } from "./lib/test-counts.mjs";

/** A jest reporter that hands the counts to `npm test`, in the file that FIELDLAKE_TEST_COUNTS names. */
export default class CountsReporter {
  /**
   * @param {unknown} _contexts
   * @param {Parameters<typeof countResults>[0] & Parameters<typeof abortedFiles>[0]} results
   */
  onRunComplete(_contexts, results) {
    const file = process.env.FIELDLAKE_TEST_COUNTS;
    if (file) writeCounts(file, { ...countResults(results), aborted: abortedFiles(results) });
  }
}
