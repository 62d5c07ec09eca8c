/** Names of properties as the installed provider SDKs declare them: a rule about a name that does not exist guards nothing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const packages = resolvePackages();
interface Property {
  /** Name of the structure below it. */
  readonly structure: string | null;
  readonly isRequired: boolean;
}
/** What one interface declares. */
type Declared = ReadonlyMap<string, Property>;
const inputsOf = new Map<string, ReadonlyMap<string, Declared>>();
const resources = new Map<string, Declared>();

function resolvePackages(): Readonly<Record<string, string>> {
  const root = join(import.meta.dirname, "../../../node_modules/@pulumi");
  return { aws: join(root, "aws"), "azure-native": join(root, "azure-native") };
}

/** Paths below `inputs` that the provider does not know; none for a provider whose SDK is not installed. */
export function misspelt(token: string, inputs: object): string[] {
  const [name = ""] = token.split(":");
  const folder = packages[name];
  if (folder === undefined) return [];
  const args = argumentsOf(token, folder);
  if (args === undefined) return [`${token} (no such resource)`];
  return wrongIn(inputs, args, nested(name, folder), "");
}

/** Whether the provider refuses the resource where the property (`a.b[].c`) is left out. */
export function isRequired(token: string, path: string): boolean {
  const [name = ""] = token.split(":");
  const folder = packages[name];
  if (folder === undefined || path === "") return false;
  let declared = argumentsOf(token, folder);
  const steps = path.split(".");
  for (const step of steps.slice(0, -1)) {
    const structure = declared?.get(step.replace("[]", ""))?.structure ?? null;
    declared = structure === null ? undefined : nested(name, folder).get(structure);
  }
  const last = steps.at(-1) ?? "";
  return !last.endsWith("[]") && declared?.get(last)?.isRequired === true;
}

function argumentsOf(token: string, folder: string): Declared | undefined {
  const [, module = "", type = ""] = token.split(":");
  const plain = module.replace(/\/v\d+(preview)?$/, "");
  const file = plain.includes("/") ? plain : `${plain}/${type[0]?.toLowerCase()}${type.slice(1)}`;
  // `index` and the like are reserved as module names: their files end in an underscore; `mLTransform` is all in small letters.
  const found = [`${file}_.d.ts`, `${file}.d.ts`, `${file.toLowerCase()}.d.ts`]
    .map((one) => join(folder, one))
    .find(existsSync);
  let known = resources.get(`${found} ${type}`);
  if (known === undefined && found !== undefined) {
    known = declarations(readFileSync(found, "utf8").split("\n")).get(`${type}Args`);
    if (known !== undefined) resources.set(`${found} ${type}`, known);
  }
  return known;
}

function wrongIn(
  value: object,
  declared: Declared,
  all: ReadonlyMap<string, Declared>,
  path: string,
): string[] {
  return Object.entries(value).flatMap(([key, below]: [string, unknown]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const property = declared.get(key);
    if (property === undefined) return [at];
    const inner = property.structure === null ? undefined : all.get(property.structure);
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
  let current: Map<string, Property> | undefined;
  for (const line of lines) {
    const opened = /^\s*(?:export )?(?:declare )?namespace (\w+) \{/.exec(line);
    if (opened !== null) namespace = `${namespace}${opened[1]}.`;
    else if (/^}/.test(line)) namespace = "";
    const started = /^\s*(?:export )?interface (\w+) \{/.exec(line);
    if (started !== null) found.set(`${namespace}${started[1]}`, (current = new Map()));
    const property = /^\s+(?:readonly )?(\w+)(\??): (.*)$/.exec(line);
    if (property !== null) {
      const [, key = "", mark, type = ""] = property;
      current?.set(key, { structure: structureIn(type), isRequired: mark === "" });
    }
  }
  return found;
}

/** Maps, documents and unions are not followed: their keys are the program's own, or depend on others. */
const structureIn = (type: string): string | null =>
  new Set(type.match(/inputs\.[\w.]+/g)).size > 1 || /\{$|\[key: string\]|PolicyDocument/.test(type)
    ? null
    : (/inputs\.([\w.]+)/.exec(type)?.[1] ?? null);
