/**
 * XML as the records that it holds. The parser (saxes) is strict about well-formedness and knows the five entities of XML
 * alone; a document type, which could declare others or name files, is refused with the file.
 */
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { FileRefusal } from "../../core/files/refusal.ts";
import type { XmlFileRule } from "../../core/profiles/profile.ts";
import { Lines, mostCharacters, tooLong, type RecordSource } from "./record-source.ts";
import { emptyTree, keyOf, type Claims, type Tree, type Value } from "./typed-text.ts";

/** Elements inside each other. */
const mostDepth = 64;

interface Open {
  readonly key: string;
  /** From the top of the document, or from the record that it is in. */
  readonly path: string;
  readonly isRecord: boolean;
  readonly inRecord: boolean;
  /** Null until it has an attribute or an element. */
  node: Tree | null;
  text: string;
}

export class XmlRecords implements RecordSource {
  readonly #parser = new SaxesParser({ xmlns: false } as const);
  readonly #claims: Claims;
  readonly #recordPath: string | null;
  readonly #lines: Lines;
  readonly #open: Open[] = [];
  /** Characters of the record at hand; and those that the parser took since it last told something. */
  #recordCharacters = 0;
  #silent = 0;

  constructor(claims: Claims, { record }: XmlFileRule) {
    this.#claims = claims;
    this.#recordPath = record ?? null;
    this.#lines = new Lines(claims);
    this.#parser.on("error", (error) => {
      throw new FileRefusal(`no well-formed XML: ${error.message}`);
    });
    this.#parser.on("doctype", () => {
      throw new FileRefusal(
        `line ${this.#parser.line}: a document type (<!DOCTYPE); allowed: XML without one, so that nothing is expanded or fetched`,
      );
    });
    this.#parser.on("opentag", (tag) => this.#begin(tag));
    this.#parser.on("text", (text) => this.#say(text));
    this.#parser.on("cdata", (text) => this.#say(text));
    this.#parser.on("closetag", () => this.#close());
    for (const ignored of ["comment", "processinginstruction"] as const)
      this.#parser.on(ignored, () => (this.#silent = 0));
  }

  push(text: string): string {
    this.#silent += text.length;
    this.#parser.write(text);
    if (this.#silent > mostCharacters) throw tooLong(`line ${this.#parser.line}: a text or tag`);
    return this.#lines.take();
  }

  end(): string {
    this.#parser.close();
    return this.#lines.end(this.#recordPath === null ? "value" : `element ${this.#recordPath}`);
  }

  #begin({ name, attributes }: SaxesTagPlain): void {
    this.#silent = 0;
    const parent = this.#open.at(-1);
    if (this.#open.length >= mostDepth)
      throw new FileRefusal(`line ${this.#parser.line}: more than ${mostDepth} elements inside each other`);
    const key = keyOf(localName(name));
    const inRecord = parent !== undefined && (parent.isRecord || parent.inRecord);
    const path = parent === undefined || parent.path === "" ? key : `${parent.path}.${key}`;
    const isRecord = !inRecord && (this.#recordPath ?? path) === path;
    const opened: Open = { key, path: isRecord ? "" : path, isRecord, inRecord, node: null, text: "" };
    if (isRecord) this.#recordCharacters = 0;
    this.#open.push(opened);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (attribute === "xmlns" || attribute.startsWith("xmlns:")) continue;
      const own = `@${keyOf(localName(attribute))}`;
      const place = opened.path === "" ? own : `${opened.path}.${own}`;
      if (isRecord || inRecord) this.#put(opened, own, place, value);
      else this.#lines.seeAbove(place, value);
    }
  }

  #say(text: string): void {
    this.#silent = 0;
    const opened = this.#open.at(-1);
    if (opened === undefined) return;
    opened.text += text;
    this.#count(text.length);
  }

  #close(): void {
    this.#silent = 0;
    const closed = this.#open.pop();
    if (closed === undefined) return;
    const { key, path, isRecord, inRecord, node, text } = closed;
    if (!isRecord && !inRecord) return this.#lines.seeAbove(path, text);
    if (node !== null && text.trim() !== "")
      this.#put(closed, "#text", path === "" ? "#text" : `${path}.#text`, text);
    if (isRecord) {
      if (node === null) this.#put(closed, "#text", "#text", text);
      if (closed.node !== null) this.#lines.add(closed.node);
      return;
    }
    const parent = this.#open.at(-1);
    if (parent === undefined) return;
    if (node !== null) this.#join(parent, key, path, node);
    else this.#put(parent, key, path, text);
  }

  /** What says nothing is not there. */
  #put(into: Open, key: string, path: string, text: string): void {
    this.#count(key.length + text.length);
    if (text.trim() !== "") this.#join(into, key, path, this.#claims.valueOf(path, text));
  }

  #join(into: Open, key: string, path: string, value: Value): void {
    const node = (into.node ??= emptyTree());
    const former = node[key];
    if (Array.isArray(former)) former.push(value);
    else if (former !== undefined) node[key] = [former, value];
    else node[key] = this.#claims.arrays.has(path) ? [value] : value;
  }

  #count(characters: number): void {
    this.#recordCharacters += characters;
    if (this.#recordCharacters > mostCharacters) throw tooLong(`line ${this.#parser.line}: a record`);
  }
}

/** Prefixes are the writer's own choice (Namespaces in XML 1.0, 4). */
const localName = (name: string): string => name.slice(name.indexOf(":") + 1);
