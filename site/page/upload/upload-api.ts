/** The site's operations for uploads, as {@link transfer} needs them. */
import type { UploadState } from "../../console/api.ts";
import { ask, post, postBytes } from "../lib/api.ts";
import type { UploadApi } from "./transfer.ts";

export const uploadApi: UploadApi = {
  state: (asked, signal) => ask<UploadState>("uploads/state", asked, signal),
  part: (asked, bytes, signal) => postBytes<UploadState>("uploads/part", asked, bytes, signal),
  take: (asked, signal) => post<UploadState>("uploads/take", asked, signal),
  pause: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};
