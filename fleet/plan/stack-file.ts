/** A stack's settings as a plan may read them: without the salt of a passphrase that it lacks, and without secrets. */

export interface ReadableSettings {
  /** The stack file's text. */
  readonly text: string;
  /** Keys whose encrypted values were left out, in the file's order. */
  readonly leftOut: readonly string[];
}

/** Stands for an encrypted value of the project's own keys; a provider's are left out, a plan needs no credentials. */
export const encryptedValue = "(encrypted)";

const secretsManagement = /^(encryptionsalt|encryptedkey|secretsprovider):.*\r?\n?/gm;
/** As the engine writes it: the key on a line, `secure: …` on the next. */
const encrypted = /^([ \t]+)["']?([^\s"']+?)["']?:[ \t]*\r?\n[ \t]+secure:[ \t]*\S.*(\r?\n|$)/gm;

/** @param text of a `Pulumi.<stack>.yaml` @param project as Pulumi.yaml names it, the prefix of its own keys */
export function readableSettings(text: string, project: string): ReadableSettings {
  const leftOut: string[] = [];
  const readable = text
    .replace(secretsManagement, "")
    .replace(encrypted, (_, indent: string, key: string) => {
      leftOut.push(key);
      const isProviders = key.includes(":") && !key.startsWith(`${project}:`);
      return isProviders ? "" : `${indent}${key}: "${encryptedValue}"\n`;
    });
  return { text: readable, leftOut };
}
