/** What can go wrong between a program and the site. */
import type { Problem } from "../../site/console/api.ts";

/** The site refused; `message` is for people, `code` for programs (docs/asking.md lists them). */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: string;

  constructor({ status, code, detail }: Pick<Problem, "status" | "code" | "detail">) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Nobody answers there, or not in time. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Of an answer that is not 2xx; also of one that something on the way gave. */
export async function toError(response: Response): Promise<ProblemError> {
  const text = await response.text().catch(() => "");
  try {
    const { status, code, detail } = JSON.parse(text) as Partial<Problem>;
    if (typeof status === "number" && typeof code === "string" && typeof detail === "string") {
      return new ProblemError({ status, code, detail });
    }
  } catch {
    // Not JSON: told below.
  }
  const detail = `the site answered ${response.status} ${response.statusText}: ${text.slice(0, 200)}`;
  return new ProblemError({ status: response.status, code: "unknown", detail });
}
