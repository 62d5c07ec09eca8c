/** Where an SDK keeps what a token of the engine names. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A token, taken apart. */
export interface Token {
  /** Text of the token. */
  readonly text: string;
  /** The folder below the SDK; empty for its root. */
  readonly module: string;
  /** The class or function. */
  readonly name: string;
}

/**
 * Takes a token apart: `aws:s3/bucket:Bucket`, `aws:index/getRegion:getRegion`,
 * `azure-native:storage:StorageAccount`, `pulumi:providers:aws`.
 * @throws if it has another form
 */
export const parseToken = (text: string): Token => {
  const [, module = "", name = ""] = /^[\w-]+:([\w-]+(?:\/[\w-]+)?):(\w+)$/.exec(text) ?? [];
  if (name === "") throw new Error(`${text} is no token of a resource or function`);
  const [folder = ""] = module.split("/");
  return { text, module: folder === "index" ? "" : folder, name };
};

/** `aws:s3/bucket:Bucket` to `s3/Bucket`: how tables name what they speak of. */
export const kindOf = (token: string): string => {
  const { module, name } = parseToken(token);
  return module === "" ? name : `${module}/${name}`;
};

/**
 * The file of a token, without its extension; undefined if there is none. The generator begins a file's name with
 * as many small letters as the class has capitals (`mltransform` for `MLTransform`), and steers clear of `index`.
 */
export const fileOf = (folder: string, { module, name }: Token): string | undefined => {
  const wanted = `${name.toLowerCase()}${name.toLowerCase() === "index" ? "_" : ""}.d.ts`;
  const files = existsSync(join(folder, module)) ? readdirSync(join(folder, module)) : [];
  const file = files.find((candidate) => candidate.toLowerCase() === wanted);
  return file === undefined ? undefined : join(folder, module, file.slice(0, -".d.ts".length));
};
