/** A store of births in memory, as strict as the true ones: what several hosts of one test share. */
import type { BirthStore, KeptNode } from "../../functions/ports.ts";

export interface MemoryBirths extends BirthStore {
  readonly nodes: Map<string, KeptNode>;
}

export function memoryBirths(maximumBytes = 390_000): MemoryBirths {
  const nodes = new Map<string, KeptNode>();
  let writes = 0;
  return {
    nodes,
    maximumBytes,
    load: (ids) => Promise.resolve(new Map([...nodes].filter(([id]) => ids.includes(id)))),
    keep: (id, bytes, former) => {
      if ((nodes.get(id)?.revision ?? null) !== former) return Promise.resolve(null);
      const revision = String(++writes);
      nodes.set(id, { bytes, revision });
      return Promise.resolve(revision);
    },
  };
}
