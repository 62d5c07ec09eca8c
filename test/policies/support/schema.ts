/** Names of properties as the installed provider SDKs declare them: a rule about a name that does not exist guards nothing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const packages = resolvePackages();
/** What one interface declares: property → name of the structure below it, or null. */
type Declared = ReadonlyMap<string, string | null>;
const inputsOf = new Map<string, ReadonlyMap<string, Declared>>();

function resolvePackages(): Readonly<Record<string, string>> {
  const root = join(import.meta.dirname, "../../../node_modules/@pulumi");
  return { aws: join(root, "aws"), "azure-native": join(root, "azure-native") };
}

/** Paths below `inputs` that the provider does not know; none for a provider whose SDK is not installed. */
export function misspelt(token: string, inputs: object): string[] {
  const [name = "", module = "", type = ""] = token.split(":");
  const folder = packages[name];
  if (folder === undefined) return [];
  const plain = module.replace(/\/v\d+(preview)?$/, "");
  const file = plain.includes("/") ? plain : `${plain}/${type[0]?.toLowerCase()}${type.slice(1)}`;
  // `index` and the like are reserved as module names: their files end in an underscore.
  const found = [`${file}_.d.ts`, `${file}.d.ts`].map((one) => join(folder, one)).find(existsSync);
  const args =
    found === undefined
      ? undefined
      : declarations(readFileSync(found, "utf8").split("\n")).get(`${type}Args`);
  if (args === undefined) return [`${token} (no such resource)`];
  return wrongIn(inputs, args, nested(name, folder), "");
}

function wrongIn(
  value: object,
  declared: Declared,
  all: ReadonlyMap<string, Declared>,
  path: string,
): string[] {
  return Object.entries(value).flatMap(([key, below]: [string, unknown]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const structure = declared.get(key);
    if (structure === undefined) return [at];
    const inner = structure === null ? undefined : all.get(structure);
    if (inner === undefined || typeof below !== "object" || below === null) return [];
    return [below]
      .flat()
      .flatMap((one: unknown) =>
        typeof one === "object" && one !== null ? wrongIn(one, inner, all, at) : [],
      );
  });
}

function nested(name: string, folder: string): ReadonlyMap<string, Declared> {
  let known = inputsOf.get(name);
  if (known === undefined) {
    known = declarations(readFileSync(join(folder, "types/input.d.ts"), "utf8").split("\n"));
    inputsOf.set(name, known);
  }
  return known;
}

/** Interfaces of a declaration file; those in namespaces under `namespace.Name`. */
function declarations(lines: readonly string[]): ReadonlyMap<string, Declared> {
  const found = new Map<string, Declared>();
  let namespace = "";
  let current: Map<string, string | null> | undefined;
  for (const line of lines) {
    const opened = /^\s*(?:export )?(?:declare )?namespace (\w+) \{/.exec(line);
    if (opened !== null) namespace = `${namespace}${opened[1]}.`;
    else if (/^}/.test(line)) namespace = "";
    const started = /^\s*(?:export )?interface (\w+) \{/.exec(line);
    if (started !== null) found.set(`${namespace}${started[1]}`, (current = new Map()));
    const property = /^\s+(?:readonly )?(\w+)\??: (.*)$/.exec(line);
    if (property !== null) current?.set(property[1] ?? "", structureIn(property[2] ?? ""));
  }
  return found;
}

/** Maps, documents and unions are not followed: their keys are the program's own, or depend on others. */
const structureIn = (type: string): string | null =>
  new Set(type.match(/inputs\.[\w.]+/g)).size > 1 || /\{$|\[key: string\]|PolicyDocument/.test(type)
    ? null
    : (/inputs\.([\w.]+)/.exec(type)?.[1] ?? null);
