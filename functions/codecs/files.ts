/** The files that a bundle needs for TS013 codecs, in a folder beside it: a host may take everything beside it for functions. */
export const codecFolder = "codecs";
export const codecFiles = {
  /** What decodes, and asks the sandbox. */
  part: "part.mjs",
  /** The sandbox's thread. */
  thread: "thread.mjs",
  /** QuickJS. */
  wasm: "quickjs.wasm",
} as const;
