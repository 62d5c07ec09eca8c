import { door, type Door } from "../../fleet/admission/door.ts";
import type { GrantOptions } from "../../fleet/uploads/grant.ts";
import { signatures } from "../../fleet/uploads/targets/blob-sas.ts";
import { brokerNamespace } from "../azure-agreements.ts";
import { azureFetch } from "./azure-client.ts";
import { azureDoor } from "./azure-door.ts";
import { brokerFacts } from "./broker-door.ts";
import { required, type Environment } from "./environment.ts";

/** What the function that hands devices an upload works with. Throws an Error that names what is missing. */
export function azureUploadGrant(env: Environment): GrantOptions {
  const container = required(env, "RAW_CONTAINER");
  return { judge: judgeOf(env), container, sign: signatures(container, azureFetch(env)) };
}

/** By the fleet's registry where it is in the cloud, else as the broker judges. */
function judgeOf(env: Environment): Door {
  const namespace = env[brokerNamespace];
  if (namespace === undefined) return azureDoor(env);
  return door({ environment: required(env, "ENVIRONMENT"), ...brokerFacts(azureFetch(env), namespace) });
}
