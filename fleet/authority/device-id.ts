/** Device ids as names in certificates: CN, MQTT client id, thing name and registration id at once. */
import { deviceIdPattern } from "../../functions/core/envelope.ts";

const longestShown = 80;

/** What is wrong with an id, in words that help to mend it; `null` where nothing is. */
export function deviceIdFault(id: string): string | null {
  if (deviceIdPattern.test(id)) return null;
  const received = `received ${shown(id)}`;
  const allowed = "allowed: 1 to 64 of a-z 0-9 _ -, starting and ending with a letter or digit";
  if (id === "") return `received nothing; ${allowed}`;
  const strange = [...id].find((character) => !/[ -~]/.test(character));
  if (strange !== undefined) {
    return `${received}, whose ${codePoint(strange)} is not an ASCII character, whatever it looks like; ${allowed}`;
  }
  const lower = id.toLowerCase();
  if (deviceIdPattern.test(lower)) return `${received}; allowed: lower case, as in "${lower}"`;
  if (id.length > 64) return `received ${id.length} characters (${shown(id)}); ${allowed}`;
  return `${received}; ${allowed}`;
}

/** Printable ASCII only: a name must not steer the terminal that shows it, nor look like another one. */
function shown(id: string): string {
  const text = [...id].map((character) =>
    /[ !#-~]/.test(character) ? character : `<${codePoint(character)}>`,
  );
  const cut = text.length > longestShown ? [...text.slice(0, longestShown - 1), "..."] : text;
  return `"${cut.join("")}"`;
}

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** Names a device beyond its CN; never a DNS name. */
export const deviceUri = (environment: string, id: string): string => `urn:fleet:${environment}:${id}`;
