/** TS013 codecs: ours and their peers, over one codec and one uplink. */
import { deepStrictEqual } from "node:assert/strict";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant } from "quickjs-emscripten-core";
import { sandbox } from "../../functions/codecs/part.ts";
import { createDecoder } from "../../functions/core/decoder.ts";
import { readMarked } from "../../functions/core/formats/codec-sandbox.ts";
import { trustedCodec } from "../../functions/core/formats/ts013-trusted.ts";
import type { Message } from "../../functions/core/model.ts";
import type { Ts013Profile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import { startCodecPeer } from "./codec-peer.ts";

export interface CodecCase {
  readonly code: string;
  readonly bytes: Uint8Array;
  readonly fPort: number;
}

export interface CodecContenders {
  readonly contenders: readonly {
    readonly name: string;
    /** Uplinks a second of CPU, over so many milliseconds of it. */
    measure(milliseconds: number): number | Promise<number>;
  }[];
  /** What has been looked at so far. */
  looked(): number;
  stop(): void;
}

/** Arrival of every uplink, milliseconds. */
const time = Date.UTC(2024, 10, 25);

/** What is measured has to be looked at, or a compiler may leave it out. */
let looked = 0;

function loop(count: number, once: () => { readonly length: number }): (milliseconds: number) => number {
  return (duration) => {
    const start = process.cpuUsage();
    let [done, elapsed] = [0, 0];
    do {
      looked += once().length;
      done += count;
      const { user, system } = process.cpuUsage(start);
      elapsed = (user + system) / 1_000;
    } while (elapsed < duration);
    return (done / elapsed) * 1_000;
  };
}

/** QuickJS with the codec loaded once: input as text, output as text, on this thread, no limits. */
async function plainQuickJs(code: string, input: string): Promise<() => string> {
  const module = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
  const context = module.newContext();
  const run = context.unwrapResult(
    context.evalCode(`${code}
      ;(function (text) { var given = JSON.parse(text); return JSON.stringify(
        decodeUplink({ bytes: given[0], fPort: given[1], recvTime: new Date(given[2]) })); })`),
  );
  return () => {
    using text = context.newString(input);
    using result = context.unwrapResult(context.callFunction(run, context.undefined, text));
    return context.getString(result);
  };
}

/** What every contender decodes is compared with ours before anything is timed. */
export async function codecContenders({ code, bytes, fPort }: CodecCase): Promise<CodecContenders> {
  const call = { source: "bench", input: `[[${bytes.join()}],${fPort},${time}]` };
  const calls = Array.from({ length: 100 }, () => call);
  const { data } = readMarked(sandbox.run(code, [call])[0]!.text);
  const profile = (trusted: boolean): Ts013Profile => ({
    ...{ name: "bench", version: "1", description: "bench", format: "ts013" },
    ...{ fPort, codec: { code, sha256: "", trusted }, fields: [], others: "readings" },
  });
  const messages = calls.map((_, place): Message => ({
    ...{ tenant: "bench", deviceId: "bench", channel: "telemetry", payload: bytes, lane: "live" },
    ...{ receivedAt: time * 1_000, position: `0:${place}` },
  }));
  const rows = (trusted: boolean) => {
    const bindings = [{ devices: "*", profile: "bench" }];
    const decoder = createDecoder([profile(trusted)], bindings, nodePorts);
    return loop(messages.length, () => decoder.decode(messages).readings);
  };

  const trusted = trustedCodec(code);
  const uplink = { bytes, fPort, time: null, device: null, sequence: null };
  const quickJs = await plainQuickJs(code, call.input);
  const goja = await startCodecPeer();
  const ask = (fresh: boolean, milliseconds: number) =>
    goja.ask({ code, bytes: [...bytes], fPort, time, fresh, milliseconds });
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  deepStrictEqual(plain(trusted(uplink, time).data), plain(data), "trusted");
  deepStrictEqual((JSON.parse(quickJs()) as { data: unknown }).data, plain(data), "QuickJS");
  deepStrictEqual(((await ask(true, 1)).result as { data: unknown }).data, plain(data), "goja");
  const measured: readonly (readonly [string, (milliseconds: number) => number | Promise<number>])[] = [
    ["Fieldlake, sandbox, 1 a crossing", loop(1, () => sandbox.run(code, [call]))],
    ["Fieldlake, sandbox, 100 a crossing", loop(calls.length, () => sandbox.run(code, calls))],
    ["Fieldlake, trusted", loop(1, () => trusted(uplink, time).warnings)],
    ["Fieldlake, sandbox, rows", rows(false)],
    ["Fieldlake, trusted, rows", rows(true)],
    ["goja, a new VM each", async (duration: number) => (await ask(true, duration)).rate],
    ["goja, one VM kept", async (duration: number) => (await ask(false, duration)).rate],
    ["QuickJS, one context kept", loop(1, quickJs)],
  ];
  return {
    contenders: measured.map(([name, measure]) => ({ name, measure })),
    looked: () => looked,
    stop: () => goja.stop(),
  };
}
