/** The JSON Schema of profile.json for editors, made of the schema that checks it. */

import { z } from "zod";
import { profileSchema } from "../functions/core/profiles/schema.ts";

/** Text of `profiles/profile.schema.json`; `npx fieldlake profile schema` prints it. */
export function profileSchemaText(): string {
  const schema = z.toJSONSchema(profileSchema, { target: "draft-2020-12", io: "input", reused: "ref" });
  const titled = { $schema: schema.$schema, title: "Fieldlake device profile", ...schema };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
