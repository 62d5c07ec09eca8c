/** Reports in the curated zone of a cloud: a folder each, named by when it was due or asked for; never replaced. */
import { reportForms, type ReportForm } from "../../site/reports/report-forms.ts";
import type { BlobList, ListedBlob } from "../adapters/blob-list.ts";
import { reportsFolder } from "../agreements.ts";

export interface KeptReport {
  /** When it was due: `2026-11-26T06Z`; or the minute in which somebody asked for it: `2026-11-26T0617Z`. */
  readonly id: string;
  /** Bytes of each form that is there. */
  readonly sizes: Readonly<Partial<Record<ReportForm, number>>>;
}

/** @param dueAt milliseconds since 1970, at a full hour */
export const reportId = (dueAt: number): string => `${new Date(dueAt).toISOString().slice(0, 13)}Z`;

/** @param at milliseconds since 1970 */
export const askedReportId = (at: number): string => {
  const minute = new Date(at).toISOString();
  return `${minute.slice(0, 13)}${minute.slice(14, 16)}Z`;
};

export const isAskedFor = (id: string): boolean => id.length === "2026-11-26T0617Z".length;

/** Milliseconds since 1970 that the id of a report says. */
export const momentOf = (id: string): number =>
  Date.parse(`${id.slice(0, 13)}:${isAskedFor(id) ? id.slice(13, 15) : "00"}:00Z`);

export const reportKey = (id: string, form: ReportForm): string => `${reportsFolder}/${id}/report.${form}`;

const key = new RegExp(
  `^${reportsFolder}/(\\d{4}-\\d\\d-\\d\\dT\\d\\d(?:\\d\\d)?Z)/report\\.(${reportForms.join("|")})$`,
);

/** The newest first. What else lies there is left alone. @param container of the curated zone */
export const keptReports = async (list: BlobList, container: string): Promise<readonly KeptReport[]> =>
  keptAmong(await list.all(container, `${reportsFolder}/`));

/** @param blobs below the folder of reports */
export function keptAmong(blobs: readonly ListedBlob[]): readonly KeptReport[] {
  const found = new Map<string, Partial<Record<ReportForm, number>>>();
  for (const { key: name, bytes } of blobs) {
    const [, id, form] = key.exec(name) ?? [];
    if (id !== undefined) found.set(id, { ...found.get(id), [form as ReportForm]: bytes });
  }
  return [...found]
    .map(([id, sizes]) => ({ id, sizes }))
    .sort((one, other) => momentOf(other.id) - momentOf(one.id) || (one.id < other.id ? 1 : -1));
}
