export const reportForms = ["html", "pdf"] as const;
export type ReportForm = (typeof reportForms)[number];
