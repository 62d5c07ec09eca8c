/** The connection document of a stack, and what one device gets of it. */
import { z } from "zod";

/** As much of `connection` (components/contracts/connection.ts) as is read here; the rest is passed on as it is. */
export const connectionSchema = z.looseObject({
  host: z.string(),
  port: z.number(),
  /** PEM, one root or more. */
  trustBundle: z.string().startsWith("-----BEGIN "),
});
export type Connection = z.infer<typeof connectionSchema>;

/** The document with the device's id in every place that is left for it, and without what stands in files beside it. */
export function connectionOf(connection: Connection, deviceId: string): Record<string, unknown> {
  const { trustBundle: _inItsOwnFile, ...rest } = connection;
  const filled = JSON.stringify(rest).replaceAll("{id}", deviceId);
  return { deviceId, ...(JSON.parse(filled) as Record<string, unknown>) };
}
