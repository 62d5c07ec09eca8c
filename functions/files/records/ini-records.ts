/** INI files as records: each section that the profile names, or all of the file. There is no standard; what varies is refused. */
import { globTest } from "../../core/dispatch.ts";
import { FileRefusal } from "../../core/files/refusal.ts";
import type { IniFileRule } from "../../core/profiles/profile.ts";
import { Lines, mostCharacters, tooLong, type RecordSource } from "./record-source.ts";
import { emptyTree, keyOf, place, type Claims, type Tree } from "./typed-text.ts";

export class IniRecords implements RecordSource {
  readonly #claims: Claims;
  readonly #lines: Lines;
  readonly #isRecord: ((section: string) => boolean) | null;
  readonly #what: string;
  #rest = "";
  #line = 0;
  #section = "";
  /** Of the record at hand; null outside of all records. */
  #record: Tree | null;
  #characters = 0;

  constructor(claims: Claims, { record }: IniFileRule) {
    this.#claims = claims;
    this.#lines = new Lines(claims);
    this.#isRecord = record === undefined ? null : globTest(record);
    this.#what = record === undefined ? "value" : `section [${record}]`;
    this.#record = this.#isRecord === null ? emptyTree() : null;
  }

  push(text: string): string {
    const lines = (this.#rest + text).split(/\r\n|[\r\n]/);
    this.#rest = lines.pop() ?? "";
    // A line end that is cut in two is one.
    if (text.endsWith("\r")) this.#rest = `${lines.pop() ?? ""}\r`;
    if (this.#rest.length > mostCharacters) throw tooLong(`line ${this.#line + 1}`);
    for (const line of lines) this.#read(line);
    return this.#lines.take();
  }

  end(): string {
    if (this.#rest !== "") this.#read(this.#rest);
    this.#finish();
    return this.#lines.end(this.#what);
  }

  #read(given: string): void {
    this.#line++;
    const line = given.trim();
    if (line === "" || line.startsWith(";") || line.startsWith("#")) return;
    const section = /^\[([^\]]+)\]\s*(?:[;#].*)?$/.exec(line)?.[1];
    if (section !== undefined) return this.#enter(section.trim());
    const [, name = "", value = ""] = /^([^=:]+)[=:](.*)$/s.exec(line) ?? [];
    const key = keyOf(name.trim());
    if (key === "")
      throw new FileRefusal(
        `line ${this.#line}: ${JSON.stringify(line.slice(0, 80))}; allowed: [section], key=value, ; comment`,
      );
    this.#put(key, unquoted(value.trim()));
  }

  #enter(section: string): void {
    this.#section = keyOf(section);
    if (this.#isRecord === null) return;
    this.#finish();
    if (!this.#isRecord(section)) return;
    this.#record = emptyTree();
    this.#put("@section", section);
  }

  #put(key: string, value: string): void {
    const isFromTop = this.#isRecord === null || this.#record === null;
    const path = isFromTop && this.#section !== "" ? `${this.#section}.${key}` : key;
    if (this.#record === null) return this.#lines.seeAbove(path, value);
    this.#characters += path.length + value.length;
    if (this.#characters > mostCharacters) throw tooLong(`line ${this.#line}: a record`);
    // What says nothing is not there.
    if (value !== "") place(this.#record, path, this.#claims.valueOf(path, value));
  }

  #finish(): void {
    if (this.#record !== null && Object.keys(this.#record).length > 0) this.#lines.add(this.#record);
    this.#record = null;
    this.#characters = 0;
  }
}

const unquoted = (value: string): string => /^"(.*)"$/s.exec(value)?.[1] ?? value;
