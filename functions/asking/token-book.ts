/** API tokens of a stack in a cloud: the hash of each in a document of its own, and one that gives its name to it. */
import {
  judgeToken,
  mintToken,
  mostTokens,
  nameTaken,
  noToken,
  shownToken,
  tokenIdOf,
  tooMany,
  type ApiToken,
  type KeptToken,
  type TokenRequest,
} from "../../site/access/api-token.ts";
import type { KeptDocuments, KeptDocument } from "../core/kept-documents.ts";

/** Who asks the API is known by it. */
export interface TokenFinder {
  /** @param now milliseconds. Rejects where the documents can't be read: nobody gets in by guess. */
  find(text: string, now: number): Promise<ApiToken | "unknown" | "expired">;
}

export interface TokenBook extends TokenFinder {
  /** Expired ones among them, as long as they are kept; oldest first. */
  list(): Promise<readonly ApiToken[]>;
  /** `token` is nowhere else. Rejects with `TokenError`, or where it can't be kept; then it opens nothing. */
  create(request: TokenRequest, now: number): Promise<ApiToken & { readonly token: string }>;
  /** By id or name; rejects with `TokenError`. */
  revoke(idOrName: string): Promise<ApiToken>;
}

const tokens = "tokens";
const names = "names";
/** Days that a token is listed for once it has expired. */
const listedDays = 30;

export function tokenBook(documents: KeptDocuments): TokenBook {
  const tokenOf = async (id: string): Promise<KeptToken | undefined> =>
    (await documents.read(tokens, id))?.body as KeptToken | undefined;
  const list = async (): Promise<readonly ApiToken[]> => {
    const found: ApiToken[] = [];
    for await (const { body } of documents.below(tokens, "")) found.push(shownToken(body as KeptToken));
    return found.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
  };
  /** A name whose token is gone, or never came to be, is free. */
  const isFree = async (name: KeptDocument | null): Promise<boolean> =>
    name === null || (await tokenOf(String(name.body))) === undefined;

  const takeAway = async (id: string): Promise<ApiToken | null> => {
    const found = await documents.read(tokens, id);
    if (found === null) return null;
    // Nobody changes a token: a second one who takes it away at the same time has what they want.
    await documents.write(tokens, id, null, found.revision);
    return shownToken(found.body as KeptToken);
  };

  return {
    list,
    async find(text, now) {
      const id = tokenIdOf(text);
      return judgeToken(id === undefined ? undefined : await tokenOf(id), text, now);
    },
    async create(request, now) {
      const { kept, text } = mintToken(request, now);
      const former = await documents.read(names, kept.name);
      if (!(await isFree(former))) throw nameTaken(kept.name);
      if ((await list()).length >= mostTokens) throw tooMany();
      const days = Math.ceil(request.days) + listedDays;
      // The name first: of two who take it at the same time, one gets it.
      if (!(await documents.write(names, kept.name, kept.id, former?.revision ?? null, days)))
        throw nameTaken(kept.name);
      if (!(await documents.write(tokens, kept.id, kept, null, days)))
        throw new Error(`the token ${kept.id} is there already: ask again`);
      // Who came between both writes took the name as one that nobody has.
      if ((await documents.read(names, kept.name))?.body !== kept.id) {
        await takeAway(kept.id);
        throw nameTaken(kept.name);
      }
      return { ...shownToken(kept), token: text };
    },
    async revoke(idOrName) {
      const name = await documents.read(names, idOrName);
      const id = name === null ? idOrName : String(name.body);
      const token = await takeAway(id);
      if (token === null) throw noToken(idOrName);
      const given = name ?? (await documents.read(names, token.name));
      if (given?.body === id) await documents.write(names, token.name, null, given.revision);
      return token;
    },
  };
}
