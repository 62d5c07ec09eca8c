/** Line drawings on a 16-pixel grid; decoration only: what they say is beside them in words. */
const namespace = "http://www.w3.org/2000/svg";

const paths = {
  lock: "M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3.5 7h9v6.5h-9z",
  shield: "M8 1.8l5.2 2v4c0 3.2-2.2 5.6-5.2 6.6-3-1-5.2-3.4-5.2-6.6v-4zM5.6 8l1.7 1.7 3.2-3.4",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  left: "M10 3.5L5.5 8l4.5 4.5",
  right: "M6 3.5L10.5 8L6 12.5",
  reset: "M3.2 8a4.8 4.8 0 1 0 1.6-3.6M4.8 1.8v2.8h2.8",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1",
  moon: "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z",
  system: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3L14 14",
  up: "M4 9.5L8 5.5l4 4",
  down: "M4 6.5l4 4 4-4",
  play: "M5 3.2v9.6L12.6 8z",
  copy: "M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.3h10",
  warning: "M8 2.2l6.3 11.3H1.7zM8 6.5v3.2M8 11.4v.3",
} as const;
export type IconName = keyof typeof paths;

export function icon(name: IconName): SVGSVGElement {
  const drawing = document.createElementNS(namespace, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", paths[name]);
  drawing.append(path);
  return drawing;
}

/** The mark of the product: the lake's three layers. */
export function mark(): SVGSVGElement {
  const drawing = document.createElementNS(namespace, "svg");
  drawing.setAttribute("viewBox", "0 0 32 32");
  drawing.setAttribute("class", "mark");
  drawing.setAttribute("aria-hidden", "true");
  for (const y of [10.5, 16.5, 22.5]) {
    const path = document.createElementNS(namespace, "path");
    path.setAttribute("d", `M5.5 ${y}q5.25-5 10.5 0t10.5 0`);
    drawing.append(path);
  }
  return drawing;
}
