/** `random:index/randomString:RandomString`: a random string that is no secret. */

import type { ResourceDefinition } from "../shared/schema.ts";
import { text } from "../shared/schema.ts";
import {
  characterProperties,
  checkCharacters,
  importedCharacters,
  makeString,
  planNumeric,
  upgradeCharacters,
} from "./characters.ts";

export const randomString: ResourceDefinition = {
  token: "random:index/randomString:RandomString",
  description: "Makes a random string that is no secret.",
  stateVersion: 2,
  properties: {
    ...characterProperties,
    result: { type: text, role: "output", description: "The string." },
    id: { type: text, role: "output", description: "The string." },
  },
  checkTogether: checkCharacters,
  plan: planNumeric,
  create: (planned) => {
    const result = makeString(planned);
    return { id: result, result };
  },
  upgrade: upgradeCharacters,
  importState: (id) => ({ ...importedCharacters(id), id }),
};
