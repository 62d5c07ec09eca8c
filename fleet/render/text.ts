/** Text from devices and databases, made safe and readable. */

const names: Record<string, string> = { "\n": "⏎", "\r": "␍", "\t": "⇥" };

/** Control characters made visible: an escape sequence in a device's text must not reach the terminal. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => names[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value of a query's answer as one line of text; nothing where it is NULL. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
