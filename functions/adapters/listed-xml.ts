/** What an element without elements of its own holds, in the plain XML that object stores list their content in; empty without it. */
export const member = (xml: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
export const text = (escaped: string): string =>
  escaped.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
