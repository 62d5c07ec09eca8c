import type { EnvironmentFolders } from "../environment.ts";
import type { SiteConnection } from "../site-client.ts";
import type { Terminal } from "../terminal.ts";

/** What every command is given; tests give it other folders and a terminal that remembers. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly folders: EnvironmentFolders;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** The site of the environment, whether it runs or not. */
  readonly site: SiteConnection;
}
