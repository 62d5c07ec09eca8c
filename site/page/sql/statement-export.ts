/** The whole answer of a statement as a file, beyond what the table shows. */
import type { ExportRequest } from "../../console/api.ts";
import { announce } from "../lib/announce.ts";
import { isAbort, postForFile } from "../lib/api.ts";
import { saveFile } from "../lib/carry-off.ts";
import { element } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";

const forms = [
  { label: "Parquet", format: "parquet" },
  { label: "CSV", format: "csv" },
  { label: "JSON by lines", format: "ndjson" },
] as const;

export interface ExportEvents {
  /** Null where there is nothing to export. */
  asked(): Omit<ExportRequest, "format"> | null;
  failed(error: unknown): void;
}

export function statementExport({ asked, failed }: ExportEvents): HTMLElement {
  const save = async (format: ExportRequest["format"]): Promise<void> => {
    const statement = asked();
    if (statement === null) return;
    choice.disabled = true;
    announce("The export is under way");
    try {
      saveFile(`fieldlake-query.${format}`, await postForFile("export", { ...statement, format }));
      announce("The export is there");
    } catch (error) {
      if (!isAbort(error)) failed(error);
    } finally {
      choice.disabled = false;
    }
  };
  const choice = element(
    "select",
    {
      attributes: { "aria-label": "Export the whole answer", title: "All rows, as a file" },
      on: {
        change: () => {
          const form = forms[Number(choice.value)];
          choice.value = "";
          if (form !== undefined) void save(form.format);
        },
      },
    },
    element("option", { attributes: { value: "" } }, "Export"),
    ...forms.map(({ label }, index) => element("option", { attributes: { value: index } }, label)),
  );
  return element("div", { class: "select" }, choice, icon("down"));
}
