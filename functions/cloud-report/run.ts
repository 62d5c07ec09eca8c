/** A run of a cloud's report function: the report that is due or asked for, as HTML and PDF, and the oldest taken away. */
import { cloudContent } from "../../fleet/environment-report/cloud.ts";
import { cloudFacts, missingOf, type CloudSource } from "../../fleet/environment-report/cloud-facts.ts";
import { reportHtml } from "../../fleet/environment-report/html.ts";
import { reportPdf } from "../../fleet/environment-report/pdf.ts";
import { lastDue } from "../../fleet/environment-report/schedule.ts";
import { reportForms } from "../../site/reports/report-forms.ts";
import type { BlobList } from "../adapters/blob-list.ts";
import type { ObjectRemoval, ObjectStore } from "../ports.ts";
import { askedReportId, isAskedFor, keptReports, reportId, reportKey } from "./kept.ts";
import type { ScheduledReports } from "./scheduled.ts";

export interface ReportPorts {
  readonly source: CloudSource;
  readonly objects: ObjectStore;
  readonly list: BlobList;
  readonly removal: ObjectRemoval;
  /** Of the curated zone. */
  readonly container: string;
  readonly environment: string;
  readonly declaration: ScheduledReports;
  complain(what: string): void;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface ReportRun {
  readonly report: string;
  /** False where it was there already: an event comes at least once. */
  readonly isNew: boolean;
  /** What it could not tell, and why; it says so itself. */
  readonly missing: readonly string[];
  /** Older ones that are not kept any more. */
  readonly removed: number;
}

/** A timer may be early by a little: then the report of the hour that begins is due. */
const earlyMs = 60_000;

/** What the function is called with by who asks for a report; a timer says something else. */
export interface ReportRequest {
  /** Milliseconds since 1970; the same minute means the same report, so that a request may come twice. */
  readonly askedAt: number;
}

/** A request is tried again for six hours at the most (Lambda, "Asynchronous invocation", maximum age of event). */
const longestWaitMs = 6 * 3_600_000;

/**
 * Rejects where the report could not be written or an old one not be taken away, or the request is none.
 *
 * @param event what the function was called with
 */
export async function runReport(ports: ReportPorts, event: unknown = null): Promise<ReportRun> {
  const { list, removal, container, declaration, complain, now } = ports;
  const askedAt = askedIn(event, now());
  const id =
    askedAt === null ? reportId(lastDue(declaration.schedule, now() + earlyMs)) : askedReportId(askedAt);
  const before = await keptReports(list, container);
  const isThere = before.some((one) => one.id === id && reportForms.every((form) => form in one.sizes));
  const missing = isThere ? [] : await make(id, ports);
  for (const one of missing) complain(`the report ${id} lacks ${one}`);
  // Those that somebody asks for never push out those on schedule.
  const others = before.filter((one) => one.id !== id && isAskedFor(one.id) === isAskedFor(id));
  const old = others.slice(declaration.keep - 1);
  for (const one of old)
    for (const form of reportForms)
      if (form in one.sizes) await removal.remove(container, reportKey(one.id, form));
  return { report: id, isNew: !isThere, missing, removed: old.length };
}

/** Null where nobody asked. */
function askedIn(event: unknown, now: number): number | null {
  if (typeof event !== "object" || event === null || !("askedAt" in event)) return null;
  const { askedAt } = event;
  if (typeof askedAt === "number" && askedAt <= now + earlyMs && askedAt >= now - longestWaitMs)
    return askedAt;
  throw new Error(
    `askedAt: received ${String(askedAt)}; allowed: milliseconds since 1970 within the last six hours`,
  );
}

async function make(
  id: string,
  { source, objects, container, environment, declaration, now }: ReportPorts,
): Promise<readonly string[]> {
  const facts = await cloudFacts(environment, source, declaration.days, now());
  const content = cloudContent(facts);
  const pdf = await reportPdf(content, facts.at);
  // The one that a run began and did not end stays: each form is created once.
  await objects.create(container, reportKey(id, "pdf"), pdf);
  await objects.create(container, reportKey(id, "html"), Buffer.from(reportHtml(content)));
  return missingOf(facts);
}
