import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { KeyFileError, Keyring, SealError, type SealingKey, sealOverhead } from "../../../site/seal.ts";
import { SettingsStore } from "../../../site/settings-store.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-seal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keyring = new Keyring(randomBytes(32));

describe("sealing", () => {
  test("opens what it sealed, and adds what it says", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
        const sealed = keyring.key("log").seal(plain, "label");
        expect(sealed).toHaveLength(plain.length + sealOverhead);
        expect(Buffer.from(keyring.key("log").open(sealed, "label"))).toEqual(Buffer.from(plain));
      }),
      { numRuns: 50 },
    );
  });

  test("refuses another key, purpose, salt or label, and every flipped or missing byte", () => {
    const sealed = keyring.key("log").seal(Buffer.from("21.5 Cel"), "a");
    expect(() => new Keyring(randomBytes(32)).key("log").open(sealed, "a")).toThrow(SealError);
    expect(() => keyring.key("curated").open(sealed, "a")).toThrow(SealError);
    expect(() => keyring.key("log", Buffer.from("salt")).open(sealed, "a")).toThrow(SealError);
    expect(() => keyring.key("log").open(sealed, "b")).toThrow(SealError);
    for (let at = 0; at < sealed.length; at++) {
      const damaged = Buffer.from(sealed);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(() => keyring.key("log").open(damaged, "a")).toThrow(SealError);
      expect(() => keyring.key("log").open(sealed.subarray(0, at), "a")).toThrow(SealError);
    }
  });

  test("a key's id names it and is the same on every open", () => {
    const file = join(folder, "key");
    const bytes = randomBytes(32);
    writeFileSync(file, bytes.toString("base64"));
    const { keyId } = Keyring.fromFile(file);
    expect(keyId).toBe(new Keyring(bytes).keyId);
    expect(keyId).not.toBe(keyring.keyId);
    expect(keyId).not.toContain(bytes.toString("hex").slice(0, 16));
  });

  test("a missing or short key file is named with what to do", () => {
    expect(() => Keyring.fromFile(join(folder, "gone"))).toThrow(
      /gone cannot be read \(ENOENT\): restore it/,
    );
    const file = join(folder, "short");
    writeFileSync(file, "AAAA");
    expect(() => Keyring.fromFile(file)).toThrow(KeyFileError);
    expect(() => Keyring.fromFile(file)).toThrow(/holds 3 bytes: expected 32/);
  });
});

describe("the settings store", () => {
  const key = keyring.key("settings");
  const file = join(folder, "settings.sealed");
  const settings = { devices: [], revocationList: "-----BEGIN X509 CRL-----\nsecret-marker\n" };
  const sealed = (raw: object) => key.seal(Buffer.from(JSON.stringify(raw)), "settings.sealed");
  const losses: string[] = [];
  const load = (from = key) => SettingsStore.load(folder, from, (loss) => losses.push(loss));

  test("brings settings back after a restart, and keeps no plain secret on disk", async () => {
    await load().set("registry", settings);
    expect(load().get("registry")).toEqual(settings);
    expect(readFileSync(file).includes("secret-marker")).toBe(false);
    const store = load();
    await store.delete("registry");
    expect(load().get("registry")).toBeUndefined();
    expect(losses).toEqual([]);
  });

  interface Spoilt {
    readonly bytes: (stored: Buffer) => Buffer;
    readonly opening?: SealingKey;
    readonly reason: RegExp;
  }
  test.each<[string, Spoilt]>([
    ["damaged", { bytes: (stored) => stored.fill(1, 40, 41), reason: /damaged/ }],
    ["cut off", { bytes: (stored) => stored.subarray(0, 20), reason: /not a sealed file \(20 bytes\)/ }],
    [
      "sealed under another key",
      { bytes: (stored) => stored, opening: keyring.key("other"), reason: /another key/ },
    ],
    ["of a module that is not known", { bytes: () => sealed({ clock: {} }), reason: /clock/ }],
    [
      "of another version",
      { bytes: () => sealed({ registry: { devices: "all" } }), reason: /registry\.devices/ },
    ],
  ])("puts aside what is %s, says so, and takes the settings again", async (_, spoilt) => {
    const { opening, reason } = spoilt;
    await load().set("registry", settings);
    const bytes = spoilt.bytes(readFileSync(file));
    writeFileSync(file, bytes);
    losses.length = 0;
    const store = load(opening);
    expect(losses).toEqual([expect.stringMatching(reason)]);
    expect(losses[0]).toMatch(/put aside as .*settings\.sealed\.damaged\. The next up puts/);
    expect(losses[0]).not.toContain("secret-marker");
    expect(readFileSync(`${file}.damaged`)).toEqual(bytes);
    expect(store.get("registry")).toBeUndefined();
    await store.set("registry", settings);
    expect(load(opening).get("registry")).toEqual(settings);
    rmSync(file);
  });
});
