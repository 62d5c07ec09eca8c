/** Where a command writes: a terminal with colours and a width, or a plain stream. */
import { styleText } from "node:util";

export type Style = "strong" | "faint" | "good" | "warning" | "bad" | "heading";

const formats = {
  strong: "bold",
  faint: "dim",
  good: "green",
  warning: "yellow",
  bad: "red",
  heading: ["bold", "cyan"],
} satisfies Record<Style, Parameters<typeof styleText>[0]>;

export interface Terminal {
  /** The command's answer: a line on standard output. */
  print(line?: string): void;
  /** Text on standard output as it is, without a line end: what a script reads. */
  write(text: string): void;
  /** Remarks about the answer: a line on the error output, so that the answer can be piped. */
  note(line: string): void;
  /** Plain text where the stream takes no colours: not a terminal, or NO_COLOR is set (no-color.org). */
  style(style: Style, text: string): string;
  /** Columns; `null` where the output is not a terminal, and nothing is cut. */
  readonly width: number | null;
  /** A person watches: bars may be drawn, questions asked. */
  readonly isInteractive: boolean;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, stdin } = process;
  // A reader that has seen enough (`| head`) is no error.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    print: (line = "") => void stdout.write(`${line}\n`),
    write: (text) => void stdout.write(text),
    note: (line) => void stderr.write(`${line}\n`),
    style: (style, text) => styleText(formats[style], text, { stream: stdout }),
    width: stdout.isTTY ? stdout.columns : null,
    isInteractive: stdout.isTTY && stdin.isTTY && process.env["TERM"] !== "dumb",
  };
}
