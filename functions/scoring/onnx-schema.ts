/**
 * As much of ONNX's own schema (onnx/onnx.proto, IR version 8) as a classifier of trees needs: names and numbers of the
 * fields are theirs.
 */
import protobuf from "protobufjs";

const schema = `
syntax = "proto3";
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated float floats = 7; repeated int64 ints = 8;
  repeated bytes strings = 9; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated Attribute attribute = 5; string domain = 7; }
message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message Value { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Value input = 11; repeated Value output = 12; }
message Opset { string domain = 1; int64 version = 2; }
message Property { string key = 1; string value = 2; }
message Model { int64 ir_version = 1; string producer_name = 2; string producer_version = 3; Graph graph = 7;
  repeated Opset opset_import = 8; repeated Property metadata_props = 14; }
`;

export const modelType = protobuf.parse(schema, { keepCase: true }).root.lookupType("Model");

/** Of attributes. */
export const attributeType = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;
/** Of tensors. */
export const elementType = { float: 1, string: 8 } as const;

export interface OnnxAttribute {
  readonly name: string;
  readonly type?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
}

export interface OnnxModel {
  readonly graph?: {
    readonly node?: readonly {
      readonly op_type?: string;
      readonly domain?: string;
      readonly attribute?: readonly OnnxAttribute[];
    }[];
  };
  readonly metadata_props?: readonly { readonly key: string; readonly value: string }[];
}
