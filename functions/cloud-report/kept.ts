/** Reports in the curated zone of a cloud: a folder each, named by when it was due; never replaced. */
import { reportForms, type ReportForm } from "../../site/reports/report-forms.ts";
import type { BlobList, ListedBlob } from "../adapters/blob-list.ts";
import { reportsFolder } from "../agreements.ts";

export interface KeptReport {
  /** When it was due: `2026-11-26T06Z`. */
  readonly id: string;
  /** Bytes of each form that is there. */
  readonly sizes: Readonly<Partial<Record<ReportForm, number>>>;
}

/** @param dueAt milliseconds since 1970, at a full hour */
export const reportId = (dueAt: number): string => `${new Date(dueAt).toISOString().slice(0, 13)}Z`;

export const reportKey = (id: string, form: ReportForm): string => `${reportsFolder}/${id}/report.${form}`;

const key = new RegExp(
  `^${reportsFolder}/(\\d{4}-\\d\\d-\\d\\dT\\d\\dZ)/report\\.(${reportForms.join("|")})$`,
);

/** The newest due first. What else lies there is left alone. @param container of the curated zone */
export const keptReports = async (list: BlobList, container: string): Promise<readonly KeptReport[]> =>
  keptAmong(await list.all(container, `${reportsFolder}/`));

/** @param blobs below the folder of reports */
export function keptAmong(blobs: readonly ListedBlob[]): readonly KeptReport[] {
  const found = new Map<string, Partial<Record<ReportForm, number>>>();
  for (const { key: name, bytes } of blobs) {
    const [, id, form] = key.exec(name) ?? [];
    if (id !== undefined) found.set(id, { ...found.get(id), [form as ReportForm]: bytes });
  }
  return [...found].map(([id, sizes]) => ({ id, sizes })).sort((one, other) => (one.id < other.id ? 1 : -1));
}
