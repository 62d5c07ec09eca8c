/** Names of the files that lie beside a bundle for TS013 codecs. */
export const codecFiles = {
  /** What decodes, and asks the sandbox. */
  part: "codecs.mjs",
  /** The sandbox's thread. */
  thread: "codecs-sandbox.mjs",
  /** QuickJS. */
  wasm: "codecs-sandbox.wasm",
} as const;
