/** A session with a PKCS #11 token (OASIS, version 2.40): as much of it as signing takes. */
import { SignerError } from "../signer.ts";
import { loadLibrary, type Functions, type Handle } from "./pkcs11-library.ts";

export const ObjectClass = { publicKey: 2n, privateKey: 3n } as const;
export const KeyType = { rsa: 0, elliptic: 3 } as const;
export const Mechanism = { rsaPkcs: 0x1, ecdsa: 0x1041 } as const;
export const attribute = {
  objectClass: 0x0,
  label: 0x3,
  keyType: 0x100,
  modulus: 0x120,
  publicExponent: 0x122,
  ellipticParameters: 0x180,
  ellipticPoint: 0x181,
} as const;

/** Return values that have a cause in the user's reach (section 11.1). */
const meanings: Readonly<Record<number, string>> = {
  0x30: "the device reports an error",
  0x32: "the device was removed",
  0xa0: "the PIN is wrong",
  0xa2: "the PIN has a wrong length",
  0xa4: "the PIN is locked",
  0xe0: "there is no token in the slot",
  0x68: "the key may not be used like this",
};
const ok = 0;
const alreadyLoggedIn = 0x100;
const alreadyInitialized = 0x191;
const serialSession = 4;
const normalUser = 1;
const labelBytes = 32;
/** A token's information is 160 bytes on 64-bit systems; its label comes first. */
const tokenInfoBytes = 256;
const longestSignature = 1024;
const longestAttribute = 4096;
/** Of the length, in an attribute of type, address and length. */
const lengthOffset = 16;

export interface Token {
  /** Handle of the object of this class and label; `null` where there is none. Throws where there are several. */
  find(objectClass: bigint, label: string): bigint | null;
  read(object: bigint, type: number): Buffer;
  sign(key: bigint, mechanism: number, data: Buffer): Promise<Buffer>;
  close(): void;
}

/** Opens a session and logs in. Rejects with {@link SignerError}. */
export async function openToken(library: string, label: string, pin: string): Promise<Token> {
  const functions = await loadLibrary(library);
  const must = (what: string, code: number, ...allowed: readonly number[]): void => {
    if (code === ok || allowed.includes(code)) return;
    throw new SignerError(`${library}: ${what}: ${meanings[code] ?? `error 0x${code.toString(16)}`}`);
  };
  must("it can't be initialised", functions.initialize(null), alreadyInitialized);
  const slot = findSlot(functions, must, label);
  if (slot === undefined) {
    throw new SignerError(
      `token: received "${label}"; the library ${library} shows no token with this label`,
    );
  }
  const session: [bigint | number] = [0];
  must("no session", functions.openSession(slot, serialSession, null, null, session));
  const handle = BigInt(session[0]);
  const pinBytes = Buffer.from(pin);
  must("no login", functions.login(handle, normalUser, pinBytes, pinBytes.length), alreadyLoggedIn);
  return new OpenToken(functions, must, handle);
}

function findSlot(functions: Functions, must: Must, label: string): bigint | undefined {
  const count: [number | bigint] = [0];
  must("its slots can't be listed", functions.getSlotList(1, null, count));
  const slots = new BigUint64Array(Math.max(1, Number(count[0])));
  must("its slots can't be listed", functions.getSlotList(1, slots, count));
  return [...slots].find((slot) => {
    const info = Buffer.alloc(tokenInfoBytes);
    must("a token can't be read", functions.getTokenInfo(slot, info));
    return info.toString("utf8", 0, labelBytes).trimEnd() === label;
  });
}

type Must = (what: string, code: number, ...allowed: readonly number[]) => void;

class OpenToken implements Token {
  readonly #functions: Functions;
  readonly #must: Must;
  readonly #session: Handle;

  constructor(functions: Functions, must: Must, session: Handle) {
    this.#functions = functions;
    this.#must = must;
    this.#session = session;
  }

  find(objectClass: bigint, label: string): Handle | null {
    const { findObjectsInit, findObjects, findObjectsFinal, template } = this.#functions;
    const kind = Buffer.alloc(8);
    kind.writeBigUInt64LE(objectClass);
    const wanted = [
      { type: attribute.objectClass, value: kind },
      { type: attribute.label, value: Buffer.from(label) },
    ];
    this.#must("no search", findObjectsInit(this.#session, template(wanted), wanted.length));
    const found = new BigUint64Array(2);
    const count: [number | bigint] = [0];
    this.#must("no search", findObjects(this.#session, found, found.length, count));
    this.#must("no search", findObjectsFinal(this.#session));
    if (Number(count[0]) > 1) {
      throw new SignerError(
        `key: received "${label}", which several keys of the token are called; allowed: one`,
      );
    }
    return Number(count[0]) === 0 ? null : (found[0] as Handle);
  }

  read(object: Handle, type: number): Buffer {
    const value = Buffer.alloc(longestAttribute);
    const template = this.#functions.template([{ type, value }]);
    this.#must(
      "an attribute can't be read",
      this.#functions.getAttributeValue(this.#session, object, template, 1),
    );
    return value.subarray(0, Number(template.readBigUInt64LE(lengthOffset)));
  }

  async sign(key: Handle, mechanism: number, data: Buffer): Promise<Buffer> {
    const { signInit, sign } = this.#functions;
    const how = Buffer.alloc(24);
    how.writeBigUInt64LE(BigInt(mechanism));
    this.#must("no signature", signInit(this.#session, how, key));
    const signature = Buffer.alloc(longestSignature);
    const length: [number | bigint] = [signature.length];
    this.#must("no signature", await sign(this.#session, data, signature, length));
    return signature.subarray(0, Number(length[0]));
  }

  close(): void {
    this.#functions.closeSession(this.#session);
  }
}
