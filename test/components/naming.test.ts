import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { nameRules } from "../../components/aws/names.ts";
import { physicalName } from "../../components/shared/naming.ts";

describe.each(Object.entries(nameRules))("names of a %s", (_, rule) => {
  test("are within length and characters, begin and end well, and are the same every time", () => {
    const text = fc.string({ unit: "binary", maxLength: 150 });
    // Somewhere in it is a letter: without any there is no name, which is a test of its own.
    const texts = fc.tuple(text, text, fc.array(text, { maxLength: 3 }));
    fc.assert(
      fc.property(texts, ([before, after, more]) => {
        const parts = [`${before}a${after}`, ...more];
        const name = physicalName(rule, ...parts);
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(rule.maximum);
        expect([...name].every((character) => rule.allowed.test(character))).toBe(true);
        expect(name).not.toMatch(/^[-_]|[-_]$|--|__/);
        expect(physicalName(rule, ...parts)).toBe(name);
      }),
    );
  });

  test("that begin alike and are too long stay apart", () => {
    const long = "a".repeat(rule.maximum);
    expect(physicalName(rule, long, "one")).not.toBe(physicalName(rule, long, "two"));
    expect(physicalName(rule, long, "one")).toHaveLength(rule.maximum);
  });
});

test("are lower-case, and refused where nothing is left", () => {
  expect(physicalName(nameRules.topicRule, "acme-west", "Telemetry")).toBe("acme_west_telemetry");
  expect(() => physicalName(nameRules.roleAlias, "??", "…")).toThrow(
    /no name can be made of \["\?\?","…"\]; allowed/,
  );
});
