/** What a question looks at, and what its answer says of that. */
import { alarmsTable } from "../alarms/alarms-table.ts";
import type { QueryResult, QuestionScope } from "../../site/ports.ts";
import type { HeldFiles } from "./lake-files.ts";
import type { LakeFileThere } from "./lake-listing.ts";
import type { Window } from "./window.ts";

export interface Looked {
  readonly window: Window;
  /** Tables that it may read; null where that isn't known. */
  readonly named: ReadonlySet<string> | null;
  readonly seen: QuestionScope;
  /** Its files, to be released. */
  readonly held: HeldFiles[];
  /** Which of them it looks at, damaged or not. */
  readonly read: LakeFileThere[];
  /** Paths of the damaged ones. */
  readonly leftOut: string[];
}

/** @param asked by whoever asks @param window what that comes to in files */
export function seenOf(asked: QuestionScope, tenant: string, { from, to }: Window): QuestionScope {
  // Alarms lie in no file of a day: where nobody asks for a time it is all of them, as on the site.
  const isTimed = asked.from !== undefined || asked.to !== undefined;
  const timeless = isTimed ? {} : { timeless: [alarmsTable.name] };
  return { ...asked, tenant, from, ...(to === null ? {} : { to }), ...timeless };
}

export function told({ window, named, seen, leftOut }: Looked): Pick<QueryResult, "range" | "leftOut"> {
  const isTimeless =
    named !== null && named.size > 0 && [...named].every((name) => seen.timeless?.includes(name));
  return {
    ...(isTimeless ? {} : { range: window }),
    ...(leftOut.length === 0 ? {} : { leftOut }),
  };
}
