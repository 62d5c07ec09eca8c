/** Every place where Firehose writes to S3. */

/** Destinations that keep a copy in S3: what failed, or all. */
export const legs = [
  "opensearch",
  "opensearchserverless",
  "elasticsearch",
  "httpEndpoint",
  "redshift",
  "splunk",
  "snowflake",
  "iceberg",
].map((destination) => `${destination}Configuration`);
