/**
 * The functions of a PKCS #11 library, called through koffi, which brings its code for each platform along: nothing is
 * compiled. It is an optional dependency, loaded when such a key is used.
 */
import type koffi from "koffi";
import { SignerError } from "../signer.ts";

type Native = typeof koffi;

async function loadKoffi(): Promise<Native> {
  try {
    return (await import("koffi")).default;
  } catch (error) {
    throw new SignerError(
      "a PKCS #11 library can't be called: the optional package koffi is not installed, or not for this platform; " +
        `npm install koffi brings it (${(error as Error).message})`,
    );
  }
}

/** Rejects with {@link SignerError}. */
export async function loadLibrary(path: string): Promise<Functions> {
  const koffi = await loadKoffi();
  try {
    return declared(koffi, path);
  } catch (error) {
    throw new SignerError(`library: ${path} is no PKCS #11 library (${(error as Error).message})`);
  }
}

export type Handle = bigint;
type Count = [number | bigint];
/** A buffer whose address goes into an attribute. */
interface AttributeValue {
  readonly type: number;
  readonly value: Buffer;
}

export interface Functions {
  initialize(args: null): number;
  getSlotList(present: number, slots: BigUint64Array | null, count: Count): number;
  getTokenInfo(slot: Handle, info: Buffer): number;
  openSession(slot: Handle, flags: number, application: null, notify: null, session: Count): number;
  closeSession(session: Handle): number;
  login(session: Handle, user: number, pin: Buffer, length: number): number;
  findObjectsInit(session: Handle, template: Buffer, count: number): number;
  findObjects(session: Handle, objects: BigUint64Array, most: number, count: Count): number;
  findObjectsFinal(session: Handle): number;
  getAttributeValue(session: Handle, object: Handle, template: Buffer, count: number): number;
  signInit(session: Handle, mechanism: Buffer, key: Handle): number;
  sign(session: Handle, data: Buffer, signature: Buffer, length: Count): Promise<number>;
  /** CK_ATTRIBUTE[]: type, address, length; the buffers must live as long as the call. */
  template(values: readonly AttributeValue[]): Buffer;
}

/** `CK_ULONG` and pointers have 8 bytes: Linux and macOS on 64-bit machines. */
const word = 8;

function declared(koffi: Native, path: string): Functions {
  const library = koffi.load(path);
  const call = (name: string, ...types: readonly string[]) => library.func(`C_${name}`, "ulong", [...types]);
  const count = "_Inout_ ulong *";
  const sign = call("Sign", "ulong", "void *", "ulong", "void *", count);
  const addressOf = (buffer: Buffer): bigint => koffi.address(buffer);
  return {
    initialize: call("Initialize", "void *"),
    getSlotList: call("GetSlotList", "uchar", "void *", count),
    getTokenInfo: call("GetTokenInfo", "ulong", "void *"),
    openSession: call("OpenSession", "ulong", "ulong", "void *", "void *", "_Out_ ulong *"),
    closeSession: call("CloseSession", "ulong"),
    login: call("Login", "ulong", "ulong", "void *", "ulong"),
    findObjectsInit: call("FindObjectsInit", "ulong", "void *", "ulong"),
    findObjects: call("FindObjects", "ulong", "void *", "ulong", "_Out_ ulong *"),
    findObjectsFinal: call("FindObjectsFinal", "ulong"),
    getAttributeValue: call("GetAttributeValue", "ulong", "ulong", "void *", "ulong"),
    signInit: call("SignInit", "ulong", "void *", "ulong"),
    sign: (session, data, signature, length) =>
      new Promise((resolve, reject) => {
        sign.async(session, data, data.length, signature, length, (error: Error | null, code: number) =>
          error === null ? resolve(Number(code)) : reject(error),
        );
      }),
    template(values) {
      const bytes = Buffer.alloc(3 * word * values.length);
      values.forEach(({ type, value }, index) => {
        const at = 3 * word * index;
        bytes.writeBigUInt64LE(BigInt(type), at);
        bytes.writeBigUInt64LE(addressOf(value), at + word);
        bytes.writeBigUInt64LE(BigInt(value.length), at + 2 * word);
      });
      return bytes;
    },
  };
}
