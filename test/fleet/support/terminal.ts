import type { Style, Terminal } from "../../../fleet/terminal.ts";

/** SGR codes, because tables measure text without them. */
const codes: Record<Style, number> = { strong: 1, faint: 2, bad: 31, good: 32, warning: 33, heading: 36 };

/** Styled text as `<good>text</good>`. */
export const tagged = (text: string): string =>
  text.replace(/\u001b\[(\d+)m(.*?)\u001b\[0m/g, (_, code: string, inner: string) => {
    const style = Object.entries(codes).find(([, known]) => known === Number(code))?.[0] ?? code;
    return `<${style}>${inner}</${style}>`;
  });

/** A terminal that remembers; with `showStyles` what is styled can be seen by {@link tagged}. */
export function fakeTerminal(
  options: { width?: number; isInteractive?: boolean; showStyles?: boolean } = {},
) {
  const out: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    print: (line = "") => void out.push(`${line}\n`),
    write: (text) => void out.push(text),
    note: (line) => void notes.push(line),
    style: (style: Style, text) =>
      options.showStyles === true ? `\u001b[${codes[style]}m${text}\u001b[0m` : text,
    width: options.width ?? null,
    isInteractive: options.isInteractive ?? false,
  };
  return { terminal, output: () => out.join(""), notes };
}
