/** Whose API tokens a command is about: those of the site on this machine, or of a stack in a cloud. */
import { z } from "zod";
import { tokenBook, type TokenBook } from "../../../functions/asking/token-book.ts";
import { tokenContainer } from "../../../functions/azure-agreements.ts";
import {
  tokenRequest,
  TokenError,
  type ApiToken,
  type TokenRequest,
} from "../../../site/access/api-token.ts";
import { mistakesOf } from "../../../site/mistakes.ts";
import { localStack } from "../../environment.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { stackOutputs } from "../../outputs.ts";
import type { CommandContext } from "../context.ts";
import { documentsAt, keptPlace } from "../kept-documents.ts";

/** Every call rejects with {@link CommandError}. */
export interface TokenDesk {
  createToken(request: TokenRequest): Promise<ApiToken & { readonly token: string }>;
  listTokens(): Promise<readonly ApiToken[]>;
  revokeToken(token: string): Promise<ApiToken>;
}

/** @param stack default: the one on this machine, whose site answers without the engine */
export async function openTokens(
  stack: string | undefined,
  { site, folders }: Pick<CommandContext, "site" | "folders">,
): Promise<TokenDesk> {
  if (stack === undefined || stack === localStack) return site;
  const { apiTokens } = await stackOutputs(stack, folders.project, z.object({ apiTokens: keptPlace }));
  if (apiTokens.kind === "site") return site;
  if (apiTokens.kind === "none")
    throw new CommandError(
      `the stack ${stack} serves no HTTP API`,
      exitCodes.failed,
      "docs/asking.md says which setting turns it on",
    );
  return cloudTokens(tokenBook(documentsAt(apiTokens, "token", tokenContainer.name)));
}

/** What the site checks at its door is checked here. */
export function cloudTokens(book: TokenBook, now: () => number = Date.now): TokenDesk {
  return {
    async createToken(request) {
      const checked = tokenRequest.safeParse(request);
      if (!checked.success) throw new CommandError(mistakesOf(checked.error, request), exitCodes.usage);
      return told(book.create(checked.data, now()));
    },
    listTokens: () => told(book.list()),
    revokeToken: (token) => told(book.revoke(token)),
  };
}

const told = <Answer>(work: Promise<Answer>): Promise<Answer> =>
  work.catch((error: Error) => {
    if (error instanceof TokenError) throw new CommandError(error.message, exitCodes.usage);
    throw new CommandError(
      error.message,
      exitCodes.failed,
      "are you signed in, with the right to read and write the stack's API tokens?",
    );
  });
