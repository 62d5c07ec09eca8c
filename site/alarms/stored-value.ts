/** What the alarms keep in their store: JSON. */
export const written = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const parsed = <Value>(value: Buffer): Value => JSON.parse(value.toString("utf8")) as Value;
