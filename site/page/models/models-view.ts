/** Learned models: what each is, how well it did, and what it tells of devices. */
import type { SiteModels } from "../../console/api.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { counted } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { modelFacts } from "./model-facts.ts";
import { modelScores } from "./model-scores.ts";

const intervalMs = 5000;

export function modelsView({ live }: PageContext): View {
  let watch: Watch | null = null;
  let shown = "";
  const notice = new Notice();
  const list = element("div", { class: "models" });
  const made = panel({ title: "Models", name: "models" }, list, notice.element);

  const render = ({ models, now }: SiteModels): void => {
    setText(made.note, counted(models.length, "model"));
    if (models.length > 0) notice.hide();
    else notice.show("No model scores devices", "fieldlake:scoring of the stack says which ones do.");
    // Drawn anew only where something is new, so that what is selected or focused stays.
    const state = JSON.stringify(models.map(({ lookedUpTo: _, ...model }) => model));
    if (state === shown) return;
    shown = state;
    replace(
      list,
      ...models.map((model) =>
        element(
          "article",
          { class: "model", attributes: { "aria-labelledby": `model-${model.name}` } },
          element("h3", { attributes: { id: `model-${model.name}` } }, model.name),
          model.trouble !== null &&
            element("p", { class: "model-trouble" }, `It does not score: ${model.trouble}`),
          modelFacts(model),
          modelScores(model, now),
        ),
      ),
    );
  };

  return {
    element: element("div", { class: "view models-view" }, made.element),
    show() {
      watch?.stop();
      watch = live.watch(intervalMs, async (signal) => {
        try {
          render(await ask<SiteModels>("models", {}, signal));
        } catch (error) {
          notice.fail(error);
        }
      });
    },
    hide() {
      watch?.stop();
      watch = null;
    },
  };
}
