/** Local: the lake has a key, and the key does not lie beside the data. */
import type { Rule } from "../../../kit/rule.ts";
import { unknown } from "../../../kit/value.ts";
import { undetermined } from "../../../kit/verdict.ts";
import { isAbsolute, relative } from "node:path";

function isBelow(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return !path.startsWith("..") && !isAbsolute(path);
}

export const localKeyRules: readonly Rule[] = [
  {
    id: "local-lake-require-key",
    theme: "cmk-at-rest",
    description: "The lake is encrypted under a key file of the stack or of its owner",
    severity: "critical",
    types: ["fieldlake:local:Lake"],
    controls: ["NIST SP 800-53 SC-28", "NIST SP 800-53 SC-12", "ETSI EN 303 645 5.8-2"],
    why: "Whoever copies the disk must not be able to read it.",
    fix: "make the lake by EncryptedLake, which names its key file in settings.keyFile",
    check: (lake) => [
      lake.test(
        "settings.keyFile",
        (file) => typeof file === "string" && isAbsolute(file),
        "an absolute path",
      ),
    ],
    example: {
      violation: "settings: { dataFolder }",
      fixed: "settings: { dataFolder, keyFile: keyring.file }",
    },
  },
  {
    id: "local-keyring-forbid-key-beside-data",
    theme: "cmk-at-rest",
    description: "No key file lies in the folder of the data that it opens",
    severity: "high",
    types: ["fieldlake:local:Keyring"],
    reads: ["fieldlake:local:Lake"],
    controls: ["NIST SP 800-53 SC-12", "NIST SP 800-53 SC-28"],
    why: "A copy or backup of the data would carry its own key.",
    fix: "set fieldlake:local.keyFolder to a folder outside fieldlake:local.dataFolder",
    check: (keyring, context) => {
      const folders = context
        .ofTypes(["fieldlake:local:Lake"])
        .map((lake) => lake.value("settings.dataFolder"));
      if (folders.includes(unknown)) return [undetermined("file")];
      const isBelowOne = (file: string) => folders.some((folder) => isBelow(file, String(folder)));
      return [
        keyring.test(
          "file",
          (file) => typeof file === "string" && isAbsolute(file) && !isBelowOne(file),
          "a file outside the data folder",
        ),
      ];
    },
    example: { violation: 'file: "/srv/lake/data/lake.key"', fixed: 'file: "/srv/lake/keys/lake.key"' },
  },
];
