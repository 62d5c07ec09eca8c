/** Gaps (NaN) lie on the line between their neighbours, those at an end have the value of the one they have. */
export function bridged(values: ArrayLike<number>): Float64Array {
  const filled = Float64Array.from(values);
  let last = -1;
  for (let next = 0; next <= filled.length; next++) {
    if (next < filled.length && Number.isNaN(filled[next])) continue;
    const from = last >= 0 ? filled[last]! : filled[next]!;
    const to = next < filled.length ? filled[next]! : from;
    for (let at = last + 1; at < next; at++) filled[at] = from + ((to - from) * (at - last)) / (next - last);
    last = next;
  }
  return filled;
}
