/** Says that the site is gone or shuts this browser out, when it is asked again, and that it is back. */
import { announce } from "../lib/announce.ts";
import type { PageContext } from "../lib/context.ts";
import { element, replace, setText } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";

const texts = {
  lost: "The site does not answer. What you see is what it said last; the page recovers by itself.",
  denied: "This browser's access has ended. Open the link that `npm run status -- --token` prints.",
} as const;

export function watchConnection(banner: HTMLElement, { live, summary }: PageContext): void {
  const countdown = element("span", { class: "countdown", attributes: { "aria-hidden": "true" } });
  const retry = element(
    "button",
    { class: "button", attributes: { type: "button" }, on: { click: () => live.refresh() } },
    "Try now",
  );
  let shown: "lost" | "denied" | "newer" | null = null;
  const version = { first: "" };

  live.onChange(() => {
    const trouble = live.state === "lost" || live.state === "denied" ? live.state : null;
    document.documentElement.toggleAttribute("data-stale", trouble !== null);
    if (trouble === shown) return;
    if (trouble !== null) {
      shown = trouble;
      replace(banner, icon("warning"), element("p", {}, texts[trouble]), countdown, retry);
    } else if (shown === "lost" || shown === "denied") {
      shown = null;
      replace(banner);
      announce("The site answers again.");
    }
  });
  setInterval(() => {
    if (live.retryAt === null) return setText(countdown, shown === null ? "" : "asking …");
    const seconds = Math.max(0, Math.ceil((live.retryAt - Date.now()) / 1000));
    setText(countdown, seconds > 0 ? `next attempt in ${seconds} s` : "asking …");
  }, 250);
  summary.onChange(({ pageVersion }) => {
    version.first ||= pageVersion;
    if (pageVersion === version.first || shown !== null) return;
    shown = "newer";
    const reload = { click: () => location.reload() };
    replace(
      banner,
      element("p", {}, "The site was updated: a reload brings its newer page."),
      element("button", { class: "button", attributes: { type: "button" }, on: reload }, "Reload"),
    );
  });
}
