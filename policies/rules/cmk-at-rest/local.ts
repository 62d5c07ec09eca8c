import { isAbsolute, relative } from "node:path";
import { at, each, unknown, type Rule } from "../../kit.ts";

export const localKeyRules: readonly Rule[] = [
  {
    id: "local-lake-require-key",
    description: "The lake is encrypted under a key file of the stack or of its owner",
    controls: ["NIST SP 800-53 SC-28", "NIST SP 800-53 SC-12", "ETSI EN 303 645 5.8-2"],
    why: "Whoever copies the disk must not be able to read it.",
    fix: "make the lake by EncryptedLake, which names its key file in settings.keyFile",
    check: (resources) =>
      each(
        resources,
        "fieldlake:local:Lake",
        ["settings", "keyFile"],
        (file) => typeof file === "string" && isAbsolute(file),
      ),
  },
  {
    id: "local-keyring-forbid-key-beside-data",
    description: "No key file lies in the folder of the data that it opens",
    controls: ["NIST SP 800-53 SC-12", "NIST SP 800-53 SC-28"],
    why: "A copy or backup of the data would carry its own key.",
    fix: "set fieldlake:local.keyFolder to a folder outside fieldlake:local.dataFolder",
    check: (resources) => {
      const folders = resources
        .filter(({ type }) => type === "fieldlake:local:Lake")
        .map((lake) => at(lake, "settings", "dataFolder"));
      if (folders.includes(unknown)) return [];
      return each(
        resources,
        "fieldlake:local:Keyring",
        ["file"],
        (file) => typeof file === "string" && !folders.some((folder) => isBelow(file, String(folder))),
      );
    },
  },
];

function isBelow(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return !path.startsWith("..") && !isAbsolute(path);
}
