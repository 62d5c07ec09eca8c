/**
 * Physical names that a protocol needs to be known (a topic, a URL, an SQL identifier). Everything else is named by
 * Pulumi, so that it can be replaced without a clash.
 */
import { createHash } from "node:crypto";

/** What a resource's name may be. */
export interface NameRule {
  /** Most characters. */
  readonly maximum: number;
  /** Matches one allowed character. */
  readonly allowed: RegExp;
  /** Stands between parts and for characters that are not allowed; itself allowed. */
  readonly separator: "-" | "_" | "";
}

const hashLength = 8;

/**
 * The parts as one name: lower-case, without separators at its ends or doubled. A name that is too long is cut, and
 * ends in a hash of the whole, so that two long names that begin alike stay apart. Throws where nothing is left.
 */
export function physicalName({ maximum, allowed, separator }: NameRule, ...parts: readonly string[]): string {
  const characters = [...parts.join(separator).toLowerCase()].map((character) =>
    allowed.test(character) ? character : separator,
  );
  const name = trimmed(characters.join(""), separator);
  if (name === "") {
    throw new Error(
      `no name can be made of ${JSON.stringify(parts)}; allowed: characters of ${allowed.source}`,
    );
  }
  if (name.length <= maximum) return name;
  const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, hashLength);
  return `${trimmed(name.slice(0, maximum - hashLength - 1), separator)}${separator}${hash}`;
}

function trimmed(text: string, separator: NameRule["separator"]): string {
  return text
    .split(separator)
    .filter((part) => part !== "")
    .join(separator);
}
