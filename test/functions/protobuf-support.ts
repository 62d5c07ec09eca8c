/** A protobuf type with every kind of field, and its encoder by protobufjs. */

import protobuf from "protobufjs";
import { protobufReader } from "../../functions/core/formats/protobuf-read.ts";
import { typesOfProto } from "../../profiles/descriptor.ts";

export const proto = `
  syntax = "proto3";
  package acme;
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";
  import "more.proto";
  message Reading {
    google.protobuf.Timestamp at = 1;
    double t = 2;
    optional float maybe = 3;
    sint32 delta = 4;
    sint64 wide = 5;
    uint64 count = 6;
    repeated int32 list = 7;
    State state = 8;
    map<string, Part> parts = 9;
    google.protobuf.DoubleValue boxed = 10;
    bytes raw = 11;
    oneof kind { string name = 12; fixed64 id = 13; }
    Reading inner = 14;
    bool on = 15;
    int64 big = 16;
    fixed32 word = 17;
    sfixed32 sword = 18;
    sfixed64 swide = 19;
    uint32 small = 20;
    repeated Part more = 21;
    enum State { OFF = 0; ON = 1; }
  }`;
export const more = 'syntax = "proto3"; package acme; message Part { int32 v = 1; }';
export const types = typesOfProto(proto, "acme.Reading", (path) =>
  path === "more.proto" ? more : undefined,
);

function fullRoot(): protobuf.Root {
  const root = new protobuf.Root();
  for (const path of ["google/protobuf/timestamp.proto", "google/protobuf/wrappers.proto"])
    root.addJSON((protobuf.common.get(path) as protobuf.INamespace).nested ?? {});
  protobuf.parse(more, root, { keepCase: true });
  protobuf.parse(proto, root, { keepCase: true });
  root.resolveAll();
  return root;
}
export const root = fullRoot();
const type = root.lookupType("acme.Reading");
export const encode = (value: object): Uint8Array => type.encode(type.fromObject(value)).finish();
export const read = (bytes: Uint8Array): Record<string, unknown> =>
  protobufReader(types)(bytes) as Record<string, unknown>;
