/** One project per ring, so that `npm test -- --selectProjects core` runs one of them. */
const base = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "es6" },
        sourceMaps: "inline",
      },
    ],
  },
  modulePathIgnorePatterns: ["<rootDir>/.fieldlake/", "<rootDir>/dist/"],
};

const project = (name, overrides = {}) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...overrides,
});

export default {
  testTimeout: 30_000,
  // Modules of finished test files stay in a worker's memory: it starts anew beyond.
  workerIdleMemoryLimit: "1.5GB",
  projects: [
    project("functions"),
    project("vectors"),
    project("components"),
    project("provider"),
    project("policies"),
    project("toolchain"),
    project("site"),
    project("fleet"),
    project("engine"),
    project("page"),
  ],
};
