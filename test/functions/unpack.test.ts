import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { compressionOf, unpack, type Compression } from "../../functions/files/unpack.ts";

describe("compressed files", () => {
  const text = Buffer.from("1,2,3\n".repeat(30_000));
  async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  }
  const unpacked = async (bytes: Uint8Array, compression: Compression): Promise<number> => {
    let length = 0;
    for await (const chunk of unpack(inPieces(bytes), bytes.length, compression)) length += chunk.length;
    return length;
  };

  test("are known by their first bytes and unpacked; several members too", async () => {
    expect(
      [gzipSync(text), zstdCompressSync(text), text, brotliCompressSync(text)].map(compressionOf),
    ).toEqual(["gzip", "zstd", null, null]);
    expect(await unpacked(gzipSync(text), "gzip")).toBe(text.length);
    expect(await unpacked(Buffer.concat([gzipSync(text), gzipSync(text)]), "gzip")).toBe(2 * text.length);
    expect(await unpacked(zstdCompressSync(text), "zstd")).toBe(text.length);
  });

  test("damaged, cut, with something behind them, or a bomb: refused", async () => {
    const [gzip, zstd] = [gzipSync(text), zstdCompressSync(text)];
    await expect(unpacked(gzip.subarray(0, -5), "gzip")).rejects.toThrow("damaged or ends early");
    await expect(unpacked(zstd.subarray(0, -5), "zstd")).rejects.toThrow("damaged or ends early");
    zstd[zstd.length >> 1]! ^= 255;
    await expect(unpacked(zstd, "zstd")).rejects.toThrow("the zstd file is damaged");
    const two = Buffer.concat([zstdCompressSync(text), zstdCompressSync(text)]);
    await expect(unpacked(two, "zstd")).rejects.toThrow("more behind its first frame");
    const bomb = gzipSync(Buffer.alloc(100 << 20), { level: 1 });
    await expect(unpacked(bomb.subarray(0, 300_000), "gzip")).rejects.toThrow(
      /more than 200 times|ends early/,
    );
    await expect(unpacked(zstdCompressSync(Buffer.alloc(100 << 20)), "zstd")).rejects.toThrow(
      "more than 200 times",
    );
  });
});
