import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";

interface Kept {
  readonly body: string;
  readonly revision: string;
}

/** Documents in memory; `step` is called before and after each write and may throw, as a process ends at any moment. */
export function memoryDocuments(step: (moment: "before" | "after") => void = () => undefined) {
  const kept = new Map<string, Map<string, Kept>>();
  let revisions = 0;
  const at = (partition: string): Map<string, Kept> => {
    const found = kept.get(partition) ?? new Map<string, Kept>();
    kept.set(partition, found);
    return found;
  };
  const documents: KeptDocuments = {
    read: (partition, id) => {
      const found = at(partition).get(id);
      return Promise.resolve(
        found === undefined ? null : { body: JSON.parse(found.body), revision: found.revision },
      );
    },
    write: async (partition, id, body, former) => {
      step("before");
      // Somebody else may come in between.
      await Promise.resolve();
      if ((at(partition).get(id)?.revision ?? null) !== former) return false;
      if (body === null) at(partition).delete(id);
      else at(partition).set(id, { body: JSON.stringify(body), revision: String(++revisions) });
      step("after");
      return true;
    },
    async *below(partition, prefix) {
      for (const [id, { body, revision }] of [...at(partition)].sort(([one], [other]) =>
        one < other ? -1 : 1,
      ))
        if (id.startsWith(prefix)) yield { id, body: JSON.parse(body), revision };
    },
  };
  return documents;
}
