/**
 * A forest as a LiteRT graph. All trees are walked down together, a level at a time, by looking up in tables (Hummingbird's
 * "tree traversal"; Nakandala et al.: "A Tensor Compiler for Unified Machine Learning Prediction Serving", OSDI 2020): the
 * file grows with the nodes, where matrices of nodes by leaves grow with their square. Leaves lead to themselves.
 */
import type { Forest, Tree } from "../../../functions/models/forest.ts";
import { anyNumber, type Graph, type Operation, type Operator, type Tensor } from "./graph.ts";

export interface LitertClassifier {
  readonly forest: Forest;
  readonly labels: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * From `features` (float32, windows × features) to `shares` (float32, windows × labels) and `label` (int32, the place of the
 * largest share). Labels stand in the metadata, as JSON.
 */
export function forestGraph({ forest, labels, metadata }: LitertClassifier): Graph {
  const { roots, depth, ...tables } = tablesOf(forest);
  const trees = forest.trees.length;
  const operations: Operation[] = [];
  const apply = (operator: Operator, inputs: readonly Tensor[], output: Omit<Tensor, "data">): Tensor => {
    const tensor = { ...output, data: null };
    operations.push({ operator, inputs, output: tensor });
    return tensor;
  };
  /** One number for each window and tree. */
  const ofTrees = (name: string, type: Tensor["type"]) => ({ name, type, shape: [anyNumber, trees] });
  // Microcontrollers gather 32-bit floats, not integers: numbers of nodes and features are whole floats, exact to 2^24.
  const lookUp = (table: Tensor, positions: Tensor, name: string): Tensor =>
    apply({ kind: "gather", axis: 0, batchDimensions: 0 }, [table, positions], ofTrees(name, "float32"));
  const whole = (value: Tensor, name: string): Tensor =>
    apply({ kind: "cast" }, [value], ofTrees(name, "int32"));

  const features: Tensor = {
    ...{ name: "features", type: "float32" as const, data: null },
    shape: [anyNumber, forest.features],
  };
  const atRoot = (name: string, table: Tensor, type: "float32" | "int32" = "float32"): Tensor => {
    const values = Array.from(roots, (root) => table.data![root]!);
    const data = type === "int32" ? Int32Array.from(values) : Float32Array.from(values);
    return { name: `root_${name}`, type, shape: [1, trees], data };
  };
  const asked: Tensor = { ...atRoot("feature", tables.feature, "int32"), shape: [trees] };
  const value = apply(
    { kind: "gather", axis: 1, batchDimensions: 0 },
    [features, asked],
    ofTrees("value_0", "float32"),
  );
  const goesLeft = apply(
    { kind: "lessEqual" },
    [value, atRoot("threshold", tables.threshold)],
    ofTrees("goes_left_0", "bool"),
  );
  let node = apply(
    { kind: "select" },
    [goesLeft, atRoot("left", tables.left), atRoot("right", tables.right)],
    ofTrees("node_1", "float32"),
  );
  for (let level = 1; level < depth; level++) {
    const at = whole(node, `position_${level}`);
    const wanted = whole(lookUp(tables.feature, at, `feature_${level}`), `asked_${level}`);
    const found = apply(
      { kind: "gather", axis: 1, batchDimensions: 1 },
      [features, wanted],
      ofTrees(`value_${level}`, "float32"),
    );
    const threshold = lookUp(tables.threshold, at, `threshold_${level}`);
    const left = apply({ kind: "lessEqual" }, [found, threshold], ofTrees(`goes_left_${level}`, "bool"));
    const children = [lookUp(tables.left, at, `left_${level}`), lookUp(tables.right, at, `right_${level}`)];
    node = apply({ kind: "select" }, [left, ...children], ofTrees(`node_${level + 1}`, "float32"));
  }
  const votes = apply({ kind: "gather", axis: 0, batchDimensions: 0 }, [tables.shares, whole(node, "leaf")], {
    name: "votes",
    type: "float32",
    shape: [anyNumber, trees, forest.classes],
  });
  const axis = (name: string): Tensor => ({ name, type: "int32", shape: [1], data: Int32Array.of(1) });
  const shares = apply({ kind: "mean" }, [votes, axis("tree_axis")], {
    ...{ name: "shares", type: "float32" },
    shape: [anyNumber, forest.classes],
  });
  const label = apply({ kind: "argMax" }, [shares, axis("label_axis")], {
    ...{ name: "label", type: "int32" },
    shape: [anyNumber],
  });
  return {
    name: "classifier",
    description: "fieldlake",
    inputs: [features],
    outputs: [shares, label],
    operations,
    metadata: { ...metadata, labels: JSON.stringify(labels) },
  };
}

/** All trees' nodes in one numbering, leaves first: so shares are kept of leaves alone. */
function tablesOf({ trees, classes }: Forest) {
  const all = trees.flatMap((tree, number) =>
    Array.from(tree.feature, (feature, node) => ({ tree, number, feature, node })),
  );
  const leaves = all.filter(({ feature }) => feature < 0);
  const ordered = [...leaves, ...all.filter(({ feature }) => feature >= 0)];
  const places = trees.map(({ feature }) => new Int32Array(feature.length));
  ordered.forEach(({ number, node }, place) => (places[number]![node] = place));
  const table = (name: string, of: (node: (typeof all)[number], place: number) => number): Tensor => ({
    ...{ name, type: "float32" as const, shape: [ordered.length] },
    data: Float32Array.from(ordered, of),
  });
  const child = (side: "left" | "right") =>
    table(side, ({ tree, number, feature, node }, place) =>
      feature < 0 ? place : places[number]![tree[side][node]!]!,
    );
  const shares: Tensor = {
    ...{ name: "leaf_shares", type: "float32" as const, shape: [leaves.length, classes] },
    data: Float32Array.from(
      leaves.flatMap(({ tree, node }) => [...tree.shares.subarray(node * classes, (node + 1) * classes)]),
    ),
  };
  return {
    roots: places.map((place) => place[0]!),
    depth: Math.max(...trees.map(depthOf)),
    feature: table("feature", ({ feature }) => Math.max(0, feature)),
    threshold: table("threshold", ({ tree, node }) => tree.threshold[node]!),
    left: child("left"),
    right: child("right"),
    shares,
  };
}

/** Questions on the longest way to a leaf. Children stand behind their node. */
function depthOf({ feature, left, right }: Tree): number {
  const depths = new Int32Array(feature.length);
  for (let node = feature.length - 1; node >= 0; node--)
    if (feature[node]! >= 0) depths[node] = 1 + Math.max(depths[left[node]!]!, depths[right[node]!]!);
  return depths[0]!;
}
