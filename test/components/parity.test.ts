/** docs/parity.md is what the components say; `npm run parity` writes it anew. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parityPage } from "./parity.ts";

test("docs/parity.md is up to date: npm run parity", async () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/parity.md", import.meta.url)), "utf8");
  const lines = (text: string) => text.split("\n");
  expect(lines(page)).toEqual(lines(await parityPage()));
}, 240_000);
