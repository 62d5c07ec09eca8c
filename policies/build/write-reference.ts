/** `npm run policies:docs`: writes the rules into docs/policies.md. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { rules } from "../rules/index.ts";
import { withReference } from "./reference.ts";

const file = join(import.meta.dirname, "../../docs/policies.md");
const page = withReference(await readFile(file, "utf8"), rules);
await writeFile(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
