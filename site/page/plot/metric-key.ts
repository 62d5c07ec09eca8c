/** A series of a device in the address: `temperature`, or `temperature~room 1` of a sub-device. Pure: no document. */
export interface MetricName {
  readonly metric: string;
  readonly sub: string | null;
}

const part = (text: string): string => text.replaceAll("%", "%25").replaceAll("~", "%7E");

export function keyOf({ metric, sub }: MetricName): string {
  return sub === null ? part(metric) : `${part(metric)}~${part(sub)}`;
}

export const labelOf = ({ metric, sub }: MetricName): string =>
  sub === null ? metric : `${metric} · ${sub}`;
