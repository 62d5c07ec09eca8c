/** What each operation takes and answers, by its schema. Types only. */
import type { z } from "zod";
import type { OperationName, Operations } from "../../site/console/contract/operations.ts";
import type { Answer } from "../../site/console/contract/schema.ts";

/** Those that take and answer JSON. */
export type JsonOperation = {
  [Name in OperationName]: Operations[Name]["answer"] extends z.ZodType
    ? Operations[Name] extends { readonly takes: number }
      ? never
      : Name
    : never;
}[OperationName];

/** Without `format`: a client takes JSON, or an export. */
export type Asked<Name extends OperationName> = Name extends "export"
  ? z.input<Operations[Name]["asked"]>
  : Omit<Coerced<z.input<Operations[Name]["asked"]>>, "format">;

/** What a parameter is checked to be is also what may be given: zod takes anything where it converts. */
type Coerced<Input> = { [Key in keyof Input]: unknown extends Input[Key] ? number | undefined : Input[Key] };

export type Answered<Name extends JsonOperation> = Operations[Name]["answer"] extends z.ZodType
  ? Answer<Operations[Name]["answer"]>
  : never;
