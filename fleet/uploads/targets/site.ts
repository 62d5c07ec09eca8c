/** The site on this machine: parts in order, safe one by one; it takes the file when it is whole. */
import type { UploadReport } from "../../../site/uploads/upload-request.ts";
import type { SiteConnection } from "../../site-client.ts";
import type { BulkTarget, Part } from "../bulk.ts";

/** The most that the site takes at once. */
const partBytes = 4 << 20;

export function siteTarget(
  site: Pick<SiteConnection, "uploadState" | "uploadPart" | "takeUpload">,
): BulkTarget<UploadReport> {
  return {
    partBytes: () => partBytes,
    async begin({
      path: _path,
      flags: _flags,
      partBytes: _size,
      checksum: _whole,
      partChecksums: _parts,
      ...request
    }) {
      const { received, report } = await site.uploadState(request);
      if (report !== null) return { done: report };
      const missing: Part[] = [];
      // Up to the next border of a part, so that those behind it are whole ones.
      for (let start = received; start < request.bytes;) {
        const number = Math.floor(start / partBytes);
        const end = Math.min(request.bytes, (number + 1) * partBytes);
        missing.push({ number, start, end });
        start = end;
      }
      return {
        missing,
        put: async ({ start }, bytes) => void (await site.uploadPart(request, start, bytes)),
        commit: () => site.takeUpload(request),
      };
    },
  };
}
