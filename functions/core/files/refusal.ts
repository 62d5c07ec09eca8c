/** A file that can't be taken as it is: sent again the same, it never will be. */
import type { QuarantineReason } from "../model.ts";

export class FileRefusal extends Error {
  override readonly name = "FileRefusal";
  readonly reason: QuarantineReason;

  constructor(message: string, reason: QuarantineReason = "not-well-formed") {
    super(message);
    this.reason = reason;
  }
}
