/** What LiteRT computes: tensors, and the built-in operators between them. As much of both as a classifier of trees needs. */

/** Stands in a shape for the windows that are asked at once: one, unless the interpreter is told otherwise. */
export const anyNumber = -1;

export interface Tensor {
  readonly name: string;
  readonly type: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
  /** `null` for what is given or computed. */
  readonly data: Float32Array | Int32Array | null;
}

export type Operator =
  | {
      readonly kind: "gather";
      readonly axis: number;
      /** Dimensions of the positions that are positions in the values as well: each window's own. */
      readonly batchDimensions: number;
    }
  | { readonly kind: "lessEqual" | "select" | "cast" | "mean" | "argMax" };

export interface Operation {
  readonly operator: Operator;
  /** In the order that the operator takes them. */
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}

export interface Graph {
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Each after those that it takes something from. */
  readonly operations: readonly Operation[];
  readonly metadata: Readonly<Record<string, string>>;
}
