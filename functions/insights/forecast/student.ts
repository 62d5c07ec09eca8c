/**
 * What a value of Student's distribution stays within, either side of zero, with probability `level`: in closed form for
 * two and four degrees of freedom (Shaw, Sampling Student's T distribution, 2006).
 *
 * @param level above 0, below 1.
 */
export function studentReach(level: number, degrees: 2 | 4): number {
  const rest = 1 - level * level;
  if (degrees === 2) return level * Math.sqrt(2 / rest);
  const root = Math.sqrt(rest);
  return 2 * Math.sqrt(Math.cos(Math.acos(root) / 3) / root - 1);
}
