/** What the schemas of the API have in common. */
import { z } from "zod";

type Plain = string | number | boolean | bigint | null | undefined;

/** As {@link z.output}, and read-only all the way down: an answer is made once. */
export type Answer<Schema extends z.ZodType> = ReadOnly<z.output<Schema>>;

type ReadOnly<Value> = unknown extends Value
  ? Value
  : Value extends Plain
    ? Value
    : Value extends readonly (infer Item)[]
      ? readonly ReadOnly<Item>[]
      : { readonly [Key in keyof Value]: ReadOnly<Value[Key]> };

export const milliseconds = z.number().describe("Milliseconds since 1970.");
export const microseconds = z.number().describe("Microseconds since 1970.");
export const count = z.number().int().min(0);
export const bytes = count.describe("Bytes.");

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string().describe("A URN that names the problem; ends in `code`."),
    title: z.string().describe("The status in words."),
    status: z.number().int(),
    detail: z.string().describe("For people: what was received, what is allowed."),
    code: z.string().describe("For programs: one of the problems that the operation lists."),
  })
  .describe("Every answer that is not 2xx.");
