/** The disk takes no more: the message is not stored and must not be acknowledged. The log recovers by itself. */
export class LogFullError extends Error {
  override readonly name = "LogFullError";
}

/** The disk failed to write or sync: the message is not stored and must not be acknowledged. */
export class LogWriteError extends Error {
  override readonly name = "LogWriteError";
}

/** Nothing in the folder opens with the key file at hand. Nothing was changed. */
export class LogKeyError extends Error {
  override readonly name = "LogKeyError";
}

/** The log was closed before the record was committed. */
export class LogClosedError extends Error {
  override readonly name = "LogClosedError";
}

const fullCodes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/** A file system error in the log's own terms. */
export function writeFailure(file: string, error: unknown): LogFullError | LogWriteError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (fullCodes.includes(code)) {
    return new LogFullError(
      `${file}: no space left (${code}); messages are refused until there is some: free space on that disk`,
      { cause: error },
    );
  }
  return new LogWriteError(`${file}: the disk refused to write or sync: ${message}`, { cause: error });
}
