import { door, type Door } from "../../fleet/admission/door.ts";
import { azureFetch } from "./azure-client.ts";
import { blobObjects } from "./blob.ts";
import { cosmosRegistryOf } from "./cosmos-registry.ts";
import { required, type Environment } from "./environment.ts";
import { fleetLists } from "./fleet-lists.ts";
import { registryFacts } from "./registry-door.ts";

/** By the registry where there is one in the cloud, else by lists in objects. Throws an Error that names what is missing. */
export function azureDoor(env: Environment): Door {
  const environment = required(env, "ENVIRONMENT");
  const fetch = azureFetch(env);
  const endpoint = env["COSMOS_ENDPOINT"];
  if (endpoint === undefined) {
    const lists = fleetLists(blobObjects(fetch), required(env, "FLEET_CONTAINER"));
    return door({ environment, enrolment: "on-first-connect", ...lists });
  }
  const enrolment = env["ENROLMENT"] === "registered" ? "registered" : "on-first-connect";
  return door({ environment, enrolment, ...registryFacts(cosmosRegistryOf(fetch, endpoint), env) });
}
