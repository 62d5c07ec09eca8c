/**
 * Graphs as LiteRT files (`.tflite`): FlatBuffers of the schema of version 3. Numbers of fields, operators and options are
 * those of tensorflow/compiler/mlir/lite/schema/schema.fbs, which only ever adds to them.
 */
import { Builder } from "flatbuffers";
import { anyNumber, type Graph, type Operation, type Operator, type Tensor } from "./graph.ts";

const schemaVersion = 3;
const fileIdentifier = "TFL3";
/** What interpreters of the signature are asked for, if for nothing else. */
const signatureKey = "serving_default";
const elementType = { float32: 0, int32: 2, bool: 6 } as const satisfies Record<Tensor["type"], number>;
/** `BuiltinOperator`, the version of it that has what is used here, `BuiltinOptions`. */
const operators = {
  gather: { code: 36, version: 5, options: 23 },
  mean: { code: 40, version: 1, options: 27 },
  cast: { code: 53, version: 1, options: 37 },
  argMax: { code: 56, version: 1, options: 40 },
  lessEqual: { code: 63, version: 1, options: 46 },
  select: { code: 123, version: 1, options: 98 },
} as const satisfies Record<Operator["kind"], object>;
type Kind = keyof typeof operators;
const kinds = Object.keys(operators) as Kind[];
/** `force_align` of a buffer's data. */
const dataAlignment = 16;

/** The same graph gives the same bytes. */
export function writeGraph(graph: Graph): Uint8Array {
  const writer = new GraphWriter(graph);
  return writer.write();
}

type Offset = number;

class GraphWriter {
  readonly #builder = new Builder(1 << 16);
  readonly #graph: Graph;
  readonly #tensors: readonly Tensor[];
  /** The first is empty: that of all tensors without data. */
  readonly #buffers: Uint8Array[] = [new Uint8Array()];

  constructor(graph: Graph) {
    this.#graph = graph;
    const used = graph.operations.flatMap(({ inputs, output }) => [...inputs, output]);
    this.#tensors = [...new Set([...graph.inputs, ...used])];
  }

  write(): Uint8Array {
    const { inputs, outputs, operations, metadata, name, description } = this.#graph;
    const graph = [
      this.#offsets(this.#tensors.map((tensor) => this.#tensor(tensor))),
      this.#indices(inputs),
      this.#indices(outputs),
      this.#offsets(operations.map((operation) => this.#operation(operation))),
      this.#builder.createString(name),
    ];
    const described = Object.entries(metadata).map(([key, value]) => {
      const fields = [this.#builder.createString(key)];
      const buffer = this.#buffer(new TextEncoder().encode(value));
      return this.#table(fields, () => this.#builder.addFieldInt32(1, buffer, 0));
    });
    const signature = [this.#named(inputs), this.#named(outputs), this.#builder.createString(signatureKey)];
    const codes = kinds.map((kind) => this.#operatorCode(kind));
    const model = {
      codes: this.#offsets(codes),
      graphs: this.#offsets([this.#table(graph)]),
      description: this.#builder.createString(description),
      metadata: this.#offsets(described),
      signatures: this.#offsets([this.#table(signature)]),
      buffers: this.#offsets(this.#buffers.map((data) => this.#bufferTable(data))),
    };
    this.#builder.startObject(10);
    this.#builder.addFieldInt32(0, schemaVersion, 0);
    this.#builder.addFieldOffset(1, model.codes, 0);
    this.#builder.addFieldOffset(2, model.graphs, 0);
    this.#builder.addFieldOffset(3, model.description, 0);
    this.#builder.addFieldOffset(4, model.buffers, 0);
    this.#builder.addFieldOffset(6, model.metadata, 0);
    this.#builder.addFieldOffset(7, model.signatures, 0);
    this.#builder.finish(this.#builder.endObject(), fileIdentifier);
    return this.#builder.asUint8Array();
  }

  /** Offsets are the first fields of a table, in their order. */
  #table(offsets: readonly Offset[], others: () => void = () => undefined): Offset {
    this.#builder.startObject(14);
    offsets.forEach((offset, field) => this.#builder.addFieldOffset(field, offset, 0));
    others();
    return this.#builder.endObject();
  }

  #offsets(offsets: readonly Offset[]): Offset {
    this.#builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.toReversed()) this.#builder.addOffset(offset);
    return this.#builder.endVector();
  }

  #integers(values: readonly number[]): Offset {
    this.#builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) this.#builder.addInt32(value);
    return this.#builder.endVector();
  }

  #indices(tensors: readonly Tensor[]): Offset {
    return this.#integers(tensors.map((tensor) => this.#tensors.indexOf(tensor)));
  }

  #named(tensors: readonly Tensor[]): Offset {
    return this.#offsets(
      tensors.map((tensor) => {
        const fields = [this.#builder.createString(tensor.name)];
        return this.#table(fields, () => this.#builder.addFieldInt32(1, this.#tensors.indexOf(tensor), 0));
      }),
    );
  }

  /** Its place among the buffers. */
  #buffer(data: Uint8Array): number {
    return this.#buffers.push(data) - 1;
  }

  #bufferTable(data: Uint8Array): Offset {
    if (data.length === 0) return this.#table([]);
    this.#builder.startVector(1, data.length, dataAlignment);
    for (const byte of data.toReversed()) this.#builder.addInt8(byte);
    return this.#table([this.#builder.endVector()]);
  }

  #tensor({ name, type, shape, data }: Tensor): Offset {
    const buffer = data === null ? 0 : this.#buffer(littleEndian(data));
    const fields = {
      shape: this.#integers(shape.map((size) => (size === anyNumber ? 1 : size))),
      name: this.#builder.createString(name),
      signature: shape.includes(anyNumber) ? this.#integers(shape) : 0,
    };
    return this.#table([fields.shape], () => {
      this.#builder.addFieldInt8(1, elementType[type], 0);
      this.#builder.addFieldInt32(2, buffer, 0);
      this.#builder.addFieldOffset(3, fields.name, 0);
      this.#builder.addFieldOffset(7, fields.signature, 0);
      this.#builder.addFieldInt8(8, 1, 0);
    });
  }

  #operatorCode(kind: Kind): Offset {
    const { code, version } = operators[kind];
    return this.#table([], () => {
      // Interpreters of before 2020 read the first of the two.
      this.#builder.addFieldInt8(0, code, 0);
      this.#builder.addFieldInt32(2, version, 1);
      this.#builder.addFieldInt32(3, code, 0);
    });
  }

  #operation({ operator, inputs, output }: Operation): Offset {
    const [taken, given] = [this.#indices(inputs), this.#indices([output])];
    const options = this.#table([], () => {
      if (operator.kind === "gather") {
        this.#builder.addFieldInt32(0, operator.axis, 0);
        this.#builder.addFieldInt32(1, operator.batchDimensions, 0);
      } else if (operator.kind === "cast") {
        this.#builder.addFieldInt8(0, elementType[inputs[0]!.type], 0);
        this.#builder.addFieldInt8(1, elementType[output.type], 0);
      } else if (operator.kind === "argMax") this.#builder.addFieldInt8(0, elementType[output.type], 0);
    });
    return this.#table([], () => {
      this.#builder.addFieldInt32(0, kinds.indexOf(operator.kind), 0);
      this.#builder.addFieldOffset(1, taken, 0);
      this.#builder.addFieldOffset(2, given, 0);
      this.#builder.addFieldInt8(3, operators[operator.kind].options, 0);
      this.#builder.addFieldOffset(4, options, 0);
    });
  }
}

function littleEndian(data: Float32Array | Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.byteLength));
  data.forEach((value, index) =>
    data instanceof Float32Array
      ? view.setFloat32(index * 4, value, true)
      : view.setInt32(index * 4, value, true),
  );
  return new Uint8Array(view.buffer);
}
