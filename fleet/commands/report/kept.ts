/** Reports that a stack in a cloud made by itself: which there are, and one of them as files. */
import { z } from "zod";
import { blobList, type BlobList } from "../../../functions/adapters/blob-list.ts";
import { blobObjects } from "../../../functions/adapters/blob.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import { s3Objects } from "../../../functions/adapters/s3.ts";
import { keptReports, reportKey, type KeptReport } from "../../../functions/cloud-report/kept.ts";
import type { ObjectStore } from "../../../functions/ports.ts";
import type { ReportForm } from "../../../site/reports/report-forms.ts";
import { CommandError, exitCodes, messageOf } from "../../errors.ts";
import { stackOutputs } from "../../outputs.ts";
import { renderTable } from "../../render/table.ts";
import { bytes } from "../../render/units.ts";
import type { Terminal } from "../../terminal.ts";
import { awsAccessOf, azureFetchOf } from "../fleet/cloud-access.ts";
import { tableOf } from "./stack-source.ts";

/** Of the stack's outputs. */
export const keptOutputs = z.object({ latestState: z.string(), curatedUri: z.url() });

export interface KeptSource {
  readonly list: BlobList;
  readonly objects: Pick<ObjectStore, "read">;
  /** Bucket, or address of a container, of the curated zone. */
  readonly place: string;
}

export const newest = "newest";

/** By the caller's own rights. Rejects with {@link CommandError}. */
export async function keptOf(stack: string, project: string): Promise<KeptSource> {
  return keptIn(await stackOutputs(stack, project, keptOutputs));
}

/** Throws {@link CommandError} where credentials are missing. */
export function keptIn({ latestState, curatedUri }: z.output<typeof keptOutputs>): KeptSource {
  const table = tableOf(latestState);
  if (table !== null) {
    const access = awsAccessOf("reports", table.region);
    return { list: s3List(access), objects: s3Objects(access), place: new URL(curatedUri).host };
  }
  const fetch = azureFetchOf();
  return { list: blobList(fetch), objects: blobObjects(fetch), place: curatedUri };
}

/** Rejects with {@link CommandError}. */
export async function printKept(source: KeptSource, terminal: Terminal): Promise<void> {
  const reports = await all(source);
  if (reports.length === 0) return terminal.note("none is kept: the first is made when one is due");
  const titles = ["id", "html", "pdf"].map((title) => ({ title }));
  const size = (of: number | undefined): string => (of === undefined ? "" : bytes(of));
  const rows = reports.map(({ id, sizes }) => [id, size(sizes.html), size(sizes.pdf)]);
  terminal.print(renderTable(titles, rows, terminal));
}

/** @param id of a report, or {@link newest}. Rejects with {@link CommandError}. */
export async function readKept(
  source: KeptSource,
  id: string,
  forms: readonly ReportForm[],
): Promise<Readonly<Partial<Record<ReportForm, Uint8Array>>>> {
  const reports = await all(source);
  const found = id === newest ? reports[0] : reports.find((one) => one.id === id);
  if (found === undefined)
    throw new CommandError(
      `--kept: received "${id}"; allowed: ${[newest, ...reports.map((one) => one.id)].join(", ")}`,
      exitCodes.usage,
      reports.length === 0 ? "none is kept yet: the first is made when one is due" : "--list shows them",
    );
  const read = async (form: ReportForm) =>
    [form, await told(source.objects.read(source.place, reportKey(found.id, form)))] as const;
  return Object.fromEntries(await Promise.all(forms.map(read)));
}

const all = ({ list, place }: KeptSource): Promise<readonly KeptReport[]> => told(keptReports(list, place));

const told = <Answer>(work: Promise<Answer>): Promise<Answer> =>
  work.catch((error: unknown) => {
    throw new CommandError(
      messageOf(error),
      exitCodes.failed,
      "are you signed in, with the right to list and read the curated zone?",
    );
  });
