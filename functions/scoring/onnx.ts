/**
 * Models as ONNX files, which every runtime reads: a TreeEnsembleClassifier of the domain ai.onnx.ml from features to label and
 * shares. What the features are, and where the model comes from, stands in the file's metadata: the file is all of it.
 */
import type { Forest, Tree } from "../models/forest.ts";
import { attributeType, elementType, modelType, type OnnxAttribute, type OnnxModel } from "./onnx-schema.ts";

/** The file is none, or holds another kind of model. */
export class OnnxError extends Error {
  override readonly name = "OnnxError";
}

export interface OnnxClassifier {
  readonly forest: Forest;
  readonly labels: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

const mostBytes = 64 << 20;
/** A value at or below the threshold goes to the true branch. */
const lessOrEqual = "BRANCH_LEQ";

/** The same classifier gives the same bytes. */
export function writeOnnx({ forest, labels, metadata }: OnnxClassifier): Uint8Array {
  const { trees, classes, features } = forest;
  const each = <Item>(of: (tree: Tree, node: number, number: number) => Item): Item[] =>
    trees.flatMap((tree, number) => Array.from(tree.feature, (_, node) => of(tree, node, number)));
  const leaves = trees.flatMap((tree, number) =>
    Array.from(tree.feature, (feature, node) => ({ tree, number, feature, node }))
      .filter(({ feature }) => feature < 0)
      .flatMap(({ node }) =>
        labels.flatMap((_, label) => {
          const share = tree.shares[node * classes + label]!;
          return share > 0 ? [{ number, node, label, weight: share / trees.length }] : [];
        }),
      ),
  );
  const ints = (name: string, values: readonly number[]): OnnxAttribute => ({
    name,
    type: attributeType.ints,
    ints: values,
  });
  const floats = (name: string, values: readonly number[]): OnnxAttribute => ({
    name,
    type: attributeType.floats,
    floats: values,
  });
  const strings = (name: string, values: readonly string[]): OnnxAttribute => ({
    name,
    type: attributeType.strings,
    strings: values.map((value) => Buffer.from(value)),
  });
  const attribute = [
    ints(
      "nodes_treeids",
      each((_, __, number) => number),
    ),
    ints(
      "nodes_nodeids",
      each((_, node) => node),
    ),
    ints(
      "nodes_featureids",
      each(({ feature }, node) => Math.max(0, feature[node]!)),
    ),
    floats(
      "nodes_values",
      each(({ threshold }, node) => threshold[node]!),
    ),
    strings(
      "nodes_modes",
      each(({ feature }, node) => (feature[node]! < 0 ? "LEAF" : lessOrEqual)),
    ),
    ints(
      "nodes_truenodeids",
      each(({ left }, node) => left[node]!),
    ),
    ints(
      "nodes_falsenodeids",
      each(({ right }, node) => right[node]!),
    ),
    ints(
      "class_treeids",
      leaves.map(({ number }) => number),
    ),
    ints(
      "class_nodeids",
      leaves.map(({ node }) => node),
    ),
    ints(
      "class_ids",
      leaves.map(({ label }) => label),
    ),
    floats(
      "class_weights",
      leaves.map(({ weight }) => weight),
    ),
    strings("classlabels_strings", labels),
    { name: "post_transform", type: attributeType.string, s: Buffer.from("NONE") },
  ];
  const tensor = (name: string, elem_type: number, ...dims: (number | string)[]) => ({
    name,
    type: {
      tensor_type: {
        elem_type,
        shape: {
          dim: dims.map((dim) => (typeof dim === "number" ? { dim_value: dim } : { dim_param: dim })),
        },
      },
    },
  });
  const node = {
    input: ["features"],
    output: ["label", "shares"],
    name: "trees",
    op_type: "TreeEnsembleClassifier",
    domain: "ai.onnx.ml",
    attribute,
  };
  return modelType
    .encode({
      ir_version: 8,
      producer_name: "fieldlake",
      graph: {
        node: [node],
        name: "classifier",
        input: [tensor("features", elementType.float, "N", features)],
        output: [tensor("label", elementType.string, "N"), tensor("shares", elementType.float, "N", classes)],
      },
      opset_import: [
        { domain: "", version: 15 },
        { domain: "ai.onnx.ml", version: 1 },
      ],
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
}

/** Reads what {@link writeOnnx} wrote, and checks that every path through every tree ends. Throws {@link OnnxError}. */
export function readOnnx(bytes: Uint8Array): OnnxClassifier {
  if (bytes.length > mostBytes) throw new OnnxError(`${bytes.length} bytes; allowed: ${mostBytes}`);
  let model: OnnxModel;
  try {
    model = modelType.toObject(modelType.decode(bytes), { longs: Number }) as OnnxModel;
  } catch (error) {
    throw new OnnxError("the file is no ONNX model", { cause: error });
  }
  const [node, ...more] = model.graph?.node ?? [];
  if (node?.op_type !== "TreeEnsembleClassifier" || node.domain !== "ai.onnx.ml" || more.length > 0) {
    const kinds = (model.graph?.node ?? []).map(({ domain, op_type }) => `${domain || "ai.onnx"}.${op_type}`);
    const named = kinds.length > 3 ? [...kinds.slice(0, 3), `${kinds.length - 3} more`] : kinds;
    throw new OnnxError(
      `the model is no TreeEnsembleClassifier by itself; received ${named.join(", ") || "no operator"}; ` +
        "allowed: ai.onnx.ml.TreeEnsembleClassifier",
    );
  }
  const attributes = new Map((node.attribute ?? []).map((attribute) => [attribute.name, attribute]));
  const ints = (name: string): readonly number[] => attributes.get(name)?.ints ?? [];
  const floats = (name: string): readonly number[] => attributes.get(name)?.floats ?? [];
  const texts = (name: string): readonly string[] =>
    (attributes.get(name)?.strings ?? []).map((value) => Buffer.from(value).toString());
  const labels = texts("classlabels_strings");
  const [treeIds, nodeIds, modes] = [ints("nodes_treeids"), ints("nodes_nodeids"), texts("nodes_modes")];
  const [featureIds, values] = [ints("nodes_featureids"), floats("nodes_values")];
  const [trues, falses] = [ints("nodes_truenodeids"), ints("nodes_falsenodeids")];
  const classes = labels.length;
  const count = (treeIds.at(-1) ?? -1) + 1;
  const sizes = Array<number>(count).fill(0);
  for (const [index, tree] of treeIds.entries()) {
    if (nodeIds[index] !== sizes[tree]) throw new OnnxError(`the nodes of tree ${tree} are not in order`);
    sizes[tree]!++;
  }
  const trees = sizes.map((size) => emptyTree(size, classes));
  const metadata = Object.fromEntries((model.metadata_props ?? []).map(({ key, value }) => [key, value]));
  const features = Number(metadata["features"]);
  for (const [index, number] of treeIds.entries()) {
    const tree = trees[number]!;
    const at = nodeIds[index]!;
    if (modes[index] === "LEAF") continue;
    const children = [trues[index]!, falses[index]!];
    const feature = featureIds[index]!;
    // Children stand behind their node, so that there is no way back.
    if (modes[index] !== lessOrEqual || !children.every((child) => child > at && child < sizes[number]!))
      throw new OnnxError(`node ${at} of tree ${number} leads nowhere`);
    if (!(feature >= 0 && feature < features))
      throw new OnnxError(`node ${at} of tree ${number} asks for feature ${feature}`);
    tree.feature[at] = feature;
    tree.threshold[at] = values[index]!;
    [tree.left[at], tree.right[at]] = children as [number, number];
  }
  const [leafTrees, leafNodes, leafClasses] = [
    ints("class_treeids"),
    ints("class_nodeids"),
    ints("class_ids"),
  ];
  for (const [index, weight] of floats("class_weights").entries()) {
    const [tree, label] = [trees[leafTrees[index]!], leafClasses[index]!];
    const at = leafNodes[index]! * classes + label;
    if (tree === undefined || !(label >= 0 && label < classes && at < tree.shares.length))
      throw new OnnxError("a weight of a leaf that there is not");
    tree.shares[at] = weight * count;
  }
  if (count === 0 || classes < 2) throw new OnnxError("a model without trees or labels");
  return { forest: { classes, features, trees }, labels, metadata };
}

const emptyTree = (nodes: number, classes: number): Tree => ({
  feature: new Int32Array(nodes).fill(-1),
  threshold: new Float32Array(nodes),
  left: new Int32Array(nodes),
  right: new Int32Array(nodes),
  shares: new Float32Array(nodes * classes),
});
