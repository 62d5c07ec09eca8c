/**
 * The planned resources in the form of `pulumi stack export`, for every tool that reads it. It describes what would be:
 * it is no state, and must not be imported into a stack.
 *
 * The form is version 3 of the engine's deployments (pulumi/pulumi, sdk/go/common/apitype: `DeploymentV3`,
 * `ResourceV3`). A value that is not known before the update is the engine's own mark, as in `pulumi preview --json`;
 * a secret is a sealed value without content.
 */
import { createHash } from "node:crypto";
import type { PlannedResource } from "./resources.ts";
import { isProvider } from "./resources.ts";

export interface ExportedDeployment {
  readonly version: 3;
  readonly deployment: {
    readonly manifest: { readonly time: string; readonly magic: string; readonly version: string };
    readonly resources: readonly PlannedResource[];
    readonly metadata: Readonly<Record<string, never>>;
  };
}

/** Keys and values by which the engine marks special objects in state (sdk/go/common/resource/sig). */
const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const fileMarks: readonly unknown[] = [
  "c44067f5952c0a294b673a41bacd8c17",
  "0def7320c3a5731c473e5ecbe6d01bc7",
];
/** What the engine puts where a value is not known yet. */
export const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** A plan has no time: the same program and settings give the same file. */
const noTime = "0001-01-01T00:00:00Z";

/** @param engine the version of the engine that planned, as `pulumi version` prints it */
export function exportedDeployment(
  resources: readonly PlannedResource[],
  engine: string,
): ExportedDeployment {
  return {
    version: 3,
    deployment: {
      manifest: { time: noTime, magic: createHash("sha256").update(engine).digest("hex"), version: engine },
      resources: resources.map((resource) => ({
        ...resource,
        // References to a provider end in its id, which a plan does not know.
        ...(isProvider(resource) && resource.id === undefined ? { id: unknownMark } : {}),
        inputs: exported(resource.inputs) as PlannedResource["inputs"],
        outputs: exported(resource.outputs) as PlannedResource["outputs"],
      })),
      metadata: {},
    },
  };
}

function exported(value: unknown): unknown {
  // What the engine prints in a secret's place.
  if (value === "[secret]") return { [signature]: secretMark, ciphertext: "[secret]" };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(exported);
  const record = value as Readonly<Record<string, unknown>>;
  if (record[signature] === secretMark) return { [signature]: secretMark, ciphertext: "[secret]" };
  if (fileMarks.includes(record[signature])) return withoutPath(record);
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, exported(inner)]));
}

/** A file's hash tells what it holds; where it lies on this machine is nobody's business. */
function withoutPath({ path: _, ...file }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { assets } = file;
  if (typeof assets !== "object" || assets === null) return file;
  const named = Object.entries(assets as Record<string, Record<string, unknown>>);
  return { ...file, assets: Object.fromEntries(named.map(([name, asset]) => [name, withoutPath(asset)])) };
}
