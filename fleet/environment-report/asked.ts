/** What a report asked of a service, or why it has no answer: a report that lacks something says what. */
import { table, type ReportTable } from "./tables.ts";

export type Asked<Answer> = { readonly answer: Answer } | { readonly missing: string };

/** Characters of a reason that are told; a service may answer with a page. */
const mostCharacters = 500;

/** Never rejects. @param what of a message: `the registry` */
export async function asked<Answer>(what: string, ask: () => Promise<Answer>): Promise<Asked<Answer>> {
  try {
    return { answer: await ask() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: `${what}: ${reason.slice(0, mostCharacters)}` };
  }
}

/** Tables of an answer, or one that says that there is none. */
export const known = <Answer>(
  asked: Asked<Answer>,
  tables: (answer: Answer) => readonly ReportTable[],
): readonly ReportTable[] =>
  "missing" in asked ? [table([], [], `not known, ${asked.missing}`)] : tables(asked.answer);
