/** What a model is and comes from, and how it did on what it had not seen. */
import type { Model } from "../../console/api.ts";
import { element } from "../lib/dom.ts";
import { counted, formatCount, formatSpan } from "../lib/format.ts";
import { dataTable } from "../stored/data-table.ts";

export function modelFacts({ name, sha256, labels, devices, table, windows, facts }: Model): HTMLElement {
  const told = [
    ["Version", element("code", {}, sha256)],
    ["Scores", `devices ${devices}, from ${table}; ${counted(windows, "window")} since the start`],
  ] as const;
  if (facts === null) return element("div", { class: "model-facts" }, list(told));
  const { window, step, trees, evaluation, lineage } = facts;
  const { source, samples, runs, codecs, sha256: data } = lineage;
  const by = codecs.length === 0 ? "" : `, decoded by ${codecs.join(", ")}`;
  const more = [
    ["Windows", `${formatSpan(window)}, every ${formatSpan(step)}; ${counted(trees, "tree")}`],
    [
      "Trained from",
      `${source}: ${counted(samples, "sample")} in ${counted(runs, "stretch", "stretches")}${by}; SHA-256 ${data.slice(0, 12)}…`,
    ],
    [
      "Right",
      `${formatCount(evaluation.rightWindows)} of ${counted(evaluation.windows, "window")}, ` +
        `${formatCount(evaluation.rightRuns)} of ${counted(evaluation.runs, "stretch", "stretches")} that it had not seen`,
    ],
  ] as const;
  return element(
    "div",
    { class: "model-facts" },
    list([...told, ...more]),
    element(
      "div",
      // On narrow screens it scrolls, for the keyboard too.
      {
        class: "confusion",
        attributes: { tabindex: 0, role: "region", "aria-label": `Confusion matrix of ${name}` },
      },
      dataTable(
        `Confusion of ${name}`,
        [{ label: "it was, and was called" }, ...labels.map((label) => ({ label, isNumber: true }))],
        evaluation.confusion.map((row, index) => [labels[index] ?? "", ...row.map(formatCount)]),
      ),
    ),
  );
}

const list = (entries: readonly (readonly [title: string, text: string | HTMLElement])[]): HTMLElement =>
  element(
    "dl",
    {},
    ...entries.flatMap(([title, text]) => [element("dt", {}, title), element("dd", {}, text)]),
  );
