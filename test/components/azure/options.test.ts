/** The soak of Azure's options (test/soak/azure-options.ts) asks for nothing that the configuration refuses. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { azureSettings } from "../../../components/azure/settings.ts";
import { readConfig, stackConfig } from "../../../config.ts";
import { asTexts, azureOptions, withOption, type StackConfig } from "../../soak/azure-option-cases.ts";

describe.each(["azure-dev", "azure-prod"])("options of %s", (stack) => {
  const file = new URL(`../../../Pulumi.${stack}.yaml`, import.meta.url);
  const { config } = parse(readFileSync(file, "utf8")) as { config: StackConfig };
  const options = azureOptions(config);

  test("are those of the schema, with what they can't do without", () => {
    const refused = options.flatMap((option) => {
      const texts = asTexts(withOption(config, option));
      try {
        readConfig(stackConfig(texts, "fieldlake"), texts);
        return [];
      } catch (error) {
        return [`${option.path}: ${(error as Error).message}`];
      }
    });
    expect(refused).toEqual([]);
  });
  test("change something each", () => {
    for (const option of options) {
      expect([option, JSON.stringify(withOption(config, option))]).not.toEqual([
        option,
        JSON.stringify(config),
      ]);
    }
  });
  test("are about every key of fieldlake:azure", () => {
    const about = new Set(
      options.map(({ path }) => path.split(".")).map(([block, key]) => (block === "azure" ? key : null)),
    );
    expect([...about].filter((key) => key !== null).sort()).toEqual(
      Object.keys(azureSettings.unwrap().shape).sort(),
    );
  });
});
