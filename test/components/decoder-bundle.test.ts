import { expect, test } from "@jest/globals";
import { functionPackage } from "../../components/azure/package.ts";
import type { StreamProcessorArgs } from "../../components/contracts/stream-processor.ts";
import { decoderBundle } from "../../components/shared/decoder-bundle.ts";

const decoder = {
  file: "/out/decoder.mjs",
  sha256: "0".repeat(64),
  codecs: ["/out/codecs/part.mjs", "/out/codecs/quickjs.wasm"],
};
const argsOf = (...formats: string[]) =>
  ({ decoder, profiles: formats.map((format) => ({ format })) }) as unknown as StreamProcessorArgs;

test("what TS013 codecs need is deployed where a profile has one, in a folder of its own", () => {
  expect(decoderBundle(argsOf("json")).codecs).toEqual([]);
  expect(decoderBundle(argsOf("json", "ts013")).codecs).toEqual(decoder.codecs);
  const { files } = functionPackage([decoderBundle(argsOf("ts013"))], {}, { batch: 10, wait: 1 });
  expect(Object.keys(files).sort()).toEqual([
    "codecs/part.mjs",
    "codecs/quickjs.wasm",
    "decoder.mjs",
    "decoder.mjs.map",
    "host.json",
    "package.json",
  ]);
});
