import { join } from "node:path";
import type { EnvironmentFolders } from "../../environment.ts";

/** Where the environment's models are. */
export const modelFolder = ({ environment }: EnvironmentFolders): string => join(environment, "models");
