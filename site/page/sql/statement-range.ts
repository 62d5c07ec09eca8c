/** Of which time a statement sees rows: files outside of it are not read at all. */
import { element } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";

const ranges = [
  { label: "All time", length: null },
  { label: "Last hour", length: 3_600_000 },
  { label: "Last 24 hours", length: 86_400_000 },
  { label: "Last 7 days", length: 604_800_000 },
  { label: "Last 30 days", length: 2_592_000_000 },
] as const;

export interface StatementRange {
  readonly element: HTMLElement;
  /** As a request has it; counted from now. */
  value(): { readonly from?: number };
}

export function statementRange(): StatementRange {
  const choice = element(
    "select",
    {
      attributes: {
        "aria-label": "Time range",
        title: "Rows of this time; files outside of it are not read",
      },
    },
    ...ranges.map(({ label }, index) => element("option", { attributes: { value: index } }, label)),
  );
  return {
    element: element("div", { class: "select" }, choice, icon("down")),
    value() {
      const length = ranges[Number(choice.value)]?.length ?? null;
      return length === null ? {} : { from: Date.now() - length };
    },
  };
}
