/** The first few of many, in an order, without holding the many. */
export interface First<One> {
  /** Of all. */
  readonly count: number;
  /** In order, at most as many as were wanted. */
  readonly first: readonly One[];
}

export interface FirstOf<One> {
  add(one: One): void;
  found(): First<One>;
}

export function firstOf<One>(most: number, compare: (one: One, other: One) => number): FirstOf<One> {
  let kept: One[] = [];
  let count = 0;
  const cut = (): void => void (kept = kept.sort(compare).slice(0, most));
  return {
    add(one) {
      count += 1;
      // Sorted once for as many as are kept: each costs what a sort costs of it.
      if (kept.push(one) >= 2 * most) cut();
    },
    found() {
      cut();
      return { count, first: kept };
    },
  };
}
