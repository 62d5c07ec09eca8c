/** The `random` package: the resources of Pulumi's own (registry: pulumi/random). */

import type { PackageDefinition } from "../shared/provider.ts";
import { randomBytes } from "./bytes.ts";
import { randomId } from "./id.ts";
import { randomInteger } from "./integer.ts";
import { randomPassword } from "./password.ts";
import { randomPet } from "./pet.ts";
import { randomShuffle } from "./shuffle.ts";
import { randomString } from "./string.ts";
import { randomUuid, randomUuid4, randomUuid7 } from "./uuid.ts";

/** The package, standing in for the provider of a version of its SDK. */
export const randomPackage = (version: string): PackageDefinition => ({
  name: "random",
  version,
  description: "Random values that stay the same from update to update.",
  configuration: {},
  resources: [
    randomBytes,
    randomId,
    randomInteger,
    randomPassword,
    randomPet,
    randomShuffle,
    randomString,
    randomUuid,
    randomUuid4,
    randomUuid7,
  ],
  functions: [],
});
