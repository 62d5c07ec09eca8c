import type { Config } from "../../config.ts";
import type { Platform } from "../contracts/platform.ts";
import { createContext } from "./context.ts";
import { costLines } from "./costs.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { KnowledgeBase } from "./knowledge-base.ts";
import { quotaLines } from "./quotas.ts";
import { SecureIngest } from "./secure-ingest.ts";
import { StreamProcessor } from "./stream-processor.ts";

/** The five components in one Azure resource group. */
export function createPlatform(config: Config): Platform {
  const context = createContext(config);
  return {
    deviceFleet: (name, args, opts) => new DeviceFleet(name, args, context, opts),
    encryptedLake: (name, args, opts) => new EncryptedLake(name, args, context, opts),
    streamProcessor: (name, args, opts) => new StreamProcessor(name, args, context, opts),
    secureIngest: (name, args, opts) => new SecureIngest(name, args, context, opts),
    knowledgeBase: (name, args, opts) => new KnowledgeBase(name, args, context, opts),
    outlook: { costs: costLines(config), quotas: quotaLines(config) },
  };
}
