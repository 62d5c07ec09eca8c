/** An object was asked for that is not there: whoever listed it before may have to list again. */
export class MissingObject extends Error {
  override readonly name = "MissingObject";
}

/** For what may be gone: `read(…).catch(nullIfMissing)`. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof MissingObject) return null;
  throw error;
}
