/** Errors of questions as problems that every target's API answers alike. */
import type { Context } from "hono";
import { AlarmError } from "../../functions/alarms/alarm-error.ts";
import { UploadRefusal } from "../uploads/upload-request.ts";
import { QueryRefusedError } from "./answer-query.ts";
import { ParameterError } from "./contract/parameters.ts";
import { problem } from "./problem.ts";
import { NoReportError } from "./report-desk.ts";
import { NoSeriesError } from "./series.ts";
import { DeviceRefusedError } from "./upload-desk.ts";
import { BusyError } from "./work-limit.ts";

/** Null for an error that is none of theirs. */
export function refusalOf(context: Context, error: Error): Response | null {
  if (error instanceof ParameterError) return problem(context, 400, "parameter", error.message);
  if (error instanceof AlarmError) return problem(context, 404, "no-alarm", error.message);
  if (error instanceof NoReportError) return problem(context, 404, "no-report", error.message);
  if (error instanceof NoSeriesError) return problem(context, 404, "no-series", error.message);
  if (error instanceof QueryRefusedError) return problem(context, 422, error.code, error.message);
  if (error instanceof DeviceRefusedError) return problem(context, 403, "devices", error.message);
  if (error instanceof UploadRefusal) return problem(context, 422, "upload", error.message);
  if (error instanceof BusyError) {
    context.header("Retry-After", "1");
    return problem(context, 503, "busy", error.message);
  }
  return null;
}
