import tseslint from "typescript-eslint";

/** The borders of docs/architecture.md: who may import whom. */
const border = (files, patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

/** How long a file may get before it is about more than one thing. */
const atMost = (lines, files) => ({ files, rules: { "max-lines": ["error", { max: lines }] } });

const noProviderSdk = {
  regex: "^@pulumi/(aws|azure-native|tls|random)(/.*)?$",
  message: "import provider SDKs only below components/<target>/",
};
/** Certificates of the development authority are the same for every target. */
const noCloudSdk = {
  regex: "^@pulumi/(aws|azure-native)(/.*)?$",
  message: "what targets share names no cloud",
};
const noProviderRoot = {
  regex: "^@pulumi/(aws|azure-native)$",
  message: "import the submodule (for example @pulumi/aws/s3): the root costs seconds and a gigabyte",
};
const noPulumi = { regex: "^@pulumi/", message: "functions/, site/ and the authority run without Pulumi" };
const coreOnly = "functions/core imports nothing outside itself";
const noPackageInCore = {
  regex: "^(?!\\.|zod$)",
  message: "functions/core is pure: no I/O, no Pulumi, no package but those that are listed here",
};
const noOtherTarget = (...targets) => ({
  regex: `/(${targets.join("|")})/`,
  message: "a target never imports another target; share through components/shared/",
});

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", ".fieldlake/", "coverage/", "profiles/*/codec.js"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: "error",
      "no-console": "off",
    },
  },
  border(["**/*.ts"], [noProviderRoot]),
  border(["{fleet,policies,profiles,provider,samples}/**/*.ts"], [noProviderSdk]),
  // What stands in for a provider says which version of its SDK it is.
  border(["provider/offline/*/main.ts"], [noProviderRoot]),
  border(
    ["components/contracts/**/*.ts", "components/registry.ts", "config.ts", "index.ts"],
    [noProviderSdk, { regex: "^@pulumi/policy", message: "policies live below policies/" }],
  ),
  border(["components/shared/**/*.ts"], [noCloudSdk, noOtherTarget("aws", "azure", "local")]),
  border(
    ["components/aws/**/*.ts"],
    [
      noProviderRoot,
      { regex: "^@pulumi/azure-native(/.*)?$", message: "this is the aws target" },
      noOtherTarget("local", "azure"),
    ],
  ),
  border(
    ["components/azure/**/*.ts"],
    [
      noProviderRoot,
      { regex: "^@pulumi/aws(/.*)?$", message: "this is the azure target" },
      noOtherTarget("aws", "local"),
    ],
  ),
  border(
    ["components/local/**/*.ts"],
    [
      noProviderRoot,
      { regex: "^@pulumi/(aws|azure-native)(/.*)?$", message: "this is the local target" },
      noOtherTarget("aws", "azure"),
    ],
  ),
  border(["functions/**/*.ts"], [noPulumi]),
  border(["functions/core/*.ts"], [noPackageInCore, { regex: "^\\.\\./", message: coreOnly }]),
  border(
    ["functions/core/*/**/*.ts"],
    [noPackageInCore, { regex: "^\\.\\./\\.\\./(?!core/)", message: coreOnly }],
  ),
  border(
    ["functions/insights/**/*.ts"],
    [
      { regex: "^[^.]", message: "functions/insights is pure: no I/O, no package" },
      { regex: "^\\.\\./(\\.\\./|core/)", message: "functions/insights imports nothing outside itself" },
    ],
  ),
  border(
    ["functions/alarms/**/*.ts"],
    [
      noPulumi,
      {
        regex: "^\\.\\./(?!(core|insights)/)",
        message: "functions/alarms knows rules and readings, no service",
      },
    ],
  ),
  border(
    ["functions/models/**/*.ts"],
    [
      { regex: "^[^.]", message: "functions/models is pure: no I/O, no package" },
      { regex: "^\\.\\./", message: "functions/models imports nothing outside itself" },
    ],
  ),
  border(
    ["fleet/{x509,authority,admission,registry,est,issue}/**/*.ts"],
    [
      noPulumi,
      {
        regex: "/(site|components|provider|commands|render)/",
        message:
          "what issues and judges certificates runs in the site, in functions and in the command line alike",
      },
    ],
  ),
  border(
    ["clients/typescript/*.ts"],
    [
      { regex: "^[^.]", allowTypeImports: true, message: "the client is fetch and nothing else" },
      { regex: "/site/", allowTypeImports: true, message: "the client takes types of the site, and no code" },
    ],
  ),
  border(
    ["site/**/*.ts"],
    [noPulumi, { regex: "/components/", message: "the site knows no Pulumi component" }],
  ),
  atMost(60, ["index.ts", "functions/handlers/*.ts"]),
  atMost(120, ["components/contracts/*.ts"]),
);
