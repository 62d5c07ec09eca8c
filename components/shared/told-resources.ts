import type { ToldResource } from "../../functions/agreements.ts";
import type { EncryptionState } from "../contracts/common.ts";

/** Without addresses and keys: these are known once a resource is there, and what tells of it would differ with each preview. */
export const toldResources = (states: readonly EncryptionState[]): ToldResource[] =>
  states.map(({ component, name, inTransit, atRest }) => ({ component, name, inTransit, atRest }));
