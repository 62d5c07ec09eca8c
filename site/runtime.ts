/** How the site's process is to be started, so that its memory stays bounded whatever the load. */

/** MiB of V8's generations: a small young one costs little time here and bounds what garbage holds. */
export const nodeFlags: readonly string[] = ["--max-semi-space-size=8", "--max-old-space-size=192"];

/** Many threads each keeping freed memory for themselves would double what the process holds (glibc). */
export const environment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "2" };

/** Bytes that decoding may be behind before devices have to wait. */
export const backlogBytes = 8 * 1024 * 1024;
