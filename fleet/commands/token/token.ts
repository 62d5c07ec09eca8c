/** `fieldlake token`: what programs ask the HTTP API with. */
import type { ApiToken } from "../../../site/access/api-token.ts";
import type { Scope } from "../../../site/access/scopes.ts";
import { renderTable } from "../../render/table.ts";
import { counted } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";
import { openTokens } from "./open-tokens.ts";

type Context = Pick<CommandContext, "terminal" | "site" | "folders">;

interface OfStack {
  /** Default: the one on this machine. */
  readonly stack?: string;
}

export interface CreateTokenOptions extends OfStack {
  readonly scope: readonly string[];
  readonly devices?: readonly string[];
  readonly days: number;
  readonly json?: boolean;
}

/** The token itself goes to standard output alone, so that it can be piped into a file or a vault. */
export async function createToken(
  name: string,
  { scope, devices, days, json, stack }: CreateTokenOptions,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  // The other side checks: names of scopes, patterns and days, all mistakes at once.
  const made = await (
    await openTokens(stack, context)
  ).createToken({
    name,
    scopes: scope as Scope[],
    devices: devices === undefined ? null : [...devices],
    days,
  });
  if (json === true) return terminal.write(`${JSON.stringify(made)}\n`);
  terminal.write(`${made.token}\n`);
  terminal.note(`${described(made)}. It is kept as its hash only: it can't be shown again.`);
}

export async function listTokens(
  { json, stack }: { readonly json?: boolean } & OfStack,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  const tokens = await (await openTokens(stack, context)).listTokens();
  if (json === true) return terminal.write(`${JSON.stringify(tokens)}\n`);
  if (tokens.length === 0) return terminal.print("no API tokens; npx fieldlake token create makes one");
  const columns = ["id", "name", "scopes", "devices", "expires"].map((title) => ({
    title,
    align: "left" as const,
  }));
  const rows = tokens.map((token) => [
    token.id,
    token.name,
    token.scopes.join(", "),
    token.devices?.join(", ") ?? "every device",
    `${new Date(token.expiresAt).toISOString()}${token.expiresAt <= Date.now() ? " (expired)" : ""}`,
  ]);
  terminal.print(renderTable(columns, rows, terminal));
}

/** Each one on its own: what was ended stays ended where a later one is not found. */
export async function revokeTokens(
  tokens: readonly string[],
  { stack }: OfStack,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  const desk = await openTokens(stack, context);
  for (const token of tokens) terminal.print(`ended: ${described(await desk.revokeToken(token))}`);
  terminal.print(`${counted(tokens.length, "token")} ended; requests with it are refused from now on`);
}

const described = ({ id, name, scopes, devices, expiresAt }: ApiToken): string =>
  `token ${id} (${name}): ${scopes.join(", ")} of ${devices?.join(", ") ?? "every device"}, until ${new Date(expiresAt).toISOString()}`;
