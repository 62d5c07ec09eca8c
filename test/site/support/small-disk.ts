/** A real disk that is soon full. */
import { execFileSync } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  readonly folder: string;
  /** Takes every page (4 KiB) that is left, but for `spare` ones. */
  fill(spare?: number): void;
  /** Gives them back. */
  free(): void;
  remove(): void;
}

/** A tmpfs of so many KiB; `null` where none may be mounted: for anybody but root, and where there is no Linux. */
export function mountSmallDisk(kibibytes: number): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-small-disk-"));
  const filler = join(folder, "filler");
  try {
    const options = `size=${kibibytes}k,mode=0700`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    fill(spare = 0) {
      const descriptor = openSync(filler, "a");
      const page = Buffer.alloc(4096);
      let size = fstatSync(descriptor).size;
      try {
        for (;;) size += writeSync(descriptor, page);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        ftruncateSync(descriptor, size - spare * page.length);
      } finally {
        closeSync(descriptor);
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
