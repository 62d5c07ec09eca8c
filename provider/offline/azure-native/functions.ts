/** Functions of the `azure-native` package that can be answered without asking Azure. */

import { uuidOf } from "../cloud/identity.ts";
import type { FunctionAnswer } from "../cloud/rules.ts";
import type { Subscription } from "./subscription.ts";

/** The answers; `subscription` gives the settings in force. */
export const azureFunctions = (subscription: () => Subscription): ReadonlyMap<string, FunctionAnswer> =>
  new Map([
    [
      "azure-native:authorization:getClientConfig",
      {
        answer: () => {
          const { id, tenantId, clientId } = subscription();
          return { subscriptionId: id, tenantId, clientId, objectId: uuidOf(tenantId, clientId) };
        },
      },
    ],
  ]);
