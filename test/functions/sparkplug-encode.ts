/** Sparkplug B payloads as an edge node writes them: the specification's message definition, encoded by protobufjs. */

import protobuf from "protobufjs";

const { root } = protobuf.parse(`
  syntax = "proto2";
  message Payload {
    optional uint64 timestamp = 1;
    repeated Metric metrics = 2;
    optional uint64 seq = 3;
    optional string uuid = 4;
    optional bytes body = 5;
  }
  message Metric {
    optional string name = 1;
    optional uint64 alias = 2;
    optional uint64 timestamp = 3;
    optional uint32 datatype = 4;
    optional bool isHistorical = 5;
    optional bool isTransient = 6;
    optional bool isNull = 7;
    optional PropertySet properties = 9;
    oneof value {
      uint32 intValue = 10;
      uint64 longValue = 11;
      float floatValue = 12;
      double doubleValue = 13;
      bool booleanValue = 14;
      string stringValue = 15;
      bytes bytesValue = 16;
      DataSet datasetValue = 17;
      Template templateValue = 18;
    }
  }
  message PropertySet { repeated string keys = 1; repeated PropertyValue values = 2; }
  message PropertyValue {
    optional uint32 type = 1;
    optional bool isNull = 2;
    oneof value { uint32 intValue = 3; uint64 longValue = 4; double doubleValue = 6; string stringValue = 8; }
  }
  message DataSet {
    optional uint64 numOfColumns = 1;
    repeated string columns = 2;
    repeated uint32 types = 3;
    repeated Row rows = 4;
  }
  message Row { repeated Cell elements = 1; }
  message Cell {
    oneof value {
      uint32 intValue = 1;
      uint64 longValue = 2;
      float floatValue = 3;
      double doubleValue = 4;
      bool booleanValue = 5;
      string stringValue = 6;
    }
  }
  message Template {
    optional string version = 1;
    repeated Metric metrics = 2;
    optional string templateRef = 4;
    optional bool isDefinition = 5;
  }
`);
const payloadType = root.lookupType("Payload");

export type PlainMetric = Readonly<Record<string, unknown>>;

export function encodeSparkplug(payload: {
  readonly timestamp?: number;
  readonly seq?: number;
  readonly metrics?: readonly PlainMetric[];
}): Uint8Array {
  return payloadType.encode(payloadType.fromObject(payload)).finish();
}
