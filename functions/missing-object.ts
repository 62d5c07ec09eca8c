/** An object was asked for that is not there: whoever listed it before may have to list again. */
export class MissingObject extends Error {
  override readonly name = "MissingObject";
}
