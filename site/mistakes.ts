import type { z } from "zod";

/** Every mistake of a request at once: where, what was received, what is allowed. */
export const mistakesOf = ({ issues }: z.ZodError, request: unknown): string =>
  issues
    .map(({ path, message }) => {
      const received = JSON.stringify(path.reduce<unknown>((value, key) => Object(value)[key], request));
      return `${path.join(".") || "request"}: received ${received ?? "nothing"}; ${message}`;
    })
    .join("; ");
