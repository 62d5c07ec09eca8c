/** `random:index/randomPassword:RandomPassword`: a random string that is a secret, and its bcrypt hash. */

import bcrypt from "bcryptjs";
import type { ResourceDefinition } from "../shared/schema.ts";
import { text } from "../shared/schema.ts";
import type { ValueMap } from "../shared/values.ts";
import {
  characterProperties,
  checkCharacters,
  importedCharacters,
  makeString,
  planNumeric,
  upgradeCharacters,
} from "./characters.ts";

/** 2 to this power is the number of rounds; the default of golang.org/x/crypto/bcrypt. */
const bcryptCost = 10;

/** bcrypt of the first 72 bytes, under the version name Go's implementation writes. */
const hashOf = async (password: string): Promise<string> => {
  const salt = await bcrypt.genSalt(bcryptCost);
  return bcrypt.hash(password, salt.replace(/^\$2b\$/, "$2a$"));
};

const secretsOf = async (result: string): Promise<ValueMap> => ({
  // The password is a secret and an id is not, so this resource has no telling id.
  id: "none",
  result,
  bcryptHash: await hashOf(result),
});

/** Version 0 had no hash; before version 3 it could be the hash of something else. */
const upgrade = async (state: ValueMap, version: number): Promise<ValueMap> => {
  const { result, bcryptHash } = state;
  const upgraded = upgradeCharacters(state);
  if (version >= 3 || typeof result !== "string") return upgraded;
  const holds = typeof bcryptHash === "string" && (await bcrypt.compare(result, bcryptHash));
  return holds ? upgraded : { ...upgraded, bcryptHash: await hashOf(result) };
};

export const randomPassword: ResourceDefinition = {
  token: "random:index/randomPassword:RandomPassword",
  description: "Makes a random password and keeps it, encrypted, in the stack's state.",
  stateVersion: 3,
  properties: {
    ...characterProperties,
    result: { type: text, role: "output", secret: true, description: "The password." },
    bcryptHash: {
      type: text,
      role: "output",
      secret: true,
      description: "bcrypt hash of the password's first 72 bytes.",
    },
    id: { type: text, role: "output", description: "Always none." },
  },
  checkTogether: checkCharacters,
  plan: planNumeric,
  create: (planned) => secretsOf(makeString(planned)),
  upgrade,
  importState: async (id) => ({ ...importedCharacters(id), ...(await secretsOf(id)) }),
};
