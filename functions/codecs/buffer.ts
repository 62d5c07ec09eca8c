/**
 * `Buffer` inside the sandbox, as far as codecs of ChirpStack's collection and the like use Node's: from, alloc, concat,
 * reading and writing numbers, text in and out. JavaScript of the sandbox, which has no modules; its value is the class.
 */
export const bufferSource = String.raw`(function () {
  "use strict";
  const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const latin1 = (text) => Array.from(text, (one) => one.charCodeAt(0) & 255);
  const chars = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const decoders = {
    hex: (text) => (text.match(/[0-9a-f]{2}/gi) || []).map((pair) => parseInt(pair, 16)),
    base64(text) {
      const bytes = [];
      let bits = 0, count = 0;
      for (const letter of text.replace(/-/g, "+").replace(/_/g, "/")) {
        const value = base64.indexOf(letter);
        if (value < 0) continue;
        bits = ((bits << 6) | value) & 0xffff;
        count += 6;
        if (count >= 8) bytes.push((bits >> (count -= 8)) & 255);
      }
      return bytes;
    },
    utf8: (text) => latin1(unescape(encodeURIComponent(text))),
    latin1, ascii: latin1, binary: latin1,
  };
  const encoders = {
    hex: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    base64(bytes) {
      let text = "";
      for (let at = 0; at < bytes.length; at += 3) {
        const bits = (bytes[at] << 16) | ((bytes[at + 1] || 0) << 8) | (bytes[at + 2] || 0);
        text += base64[bits >> 18] + base64[(bits >> 12) & 63];
        text += at + 1 < bytes.length ? base64[(bits >> 6) & 63] : "=";
        text += at + 2 < bytes.length ? base64[bits & 63] : "=";
      }
      return text;
    },
    utf8(bytes) {
      try { return decodeURIComponent(escape(chars(bytes))); } catch (_) { return chars(bytes); }
    },
    ascii: (bytes) => chars(bytes.map((byte) => byte & 127)),
    latin1: chars, binary: chars,
  };
  const coder = (coders, name) => {
    const found = coders[String(name === undefined ? "utf8" : name).toLowerCase().replace("utf-8", "utf8")];
    if (found === undefined) throw new TypeError("Unknown encoding: " + name);
    return found;
  };
  class Buffer extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === "string") value = coder(decoders, encoding)(value);
      if (value instanceof ArrayBuffer) return new Buffer(value, encoding, length);
      const list = Array.isArray(value) ? value : Array.from(value && value.type === "Buffer" ? value.data : value);
      const buffer = new Buffer(list.length);
      buffer.set(list);
      return buffer;
    }
    static alloc(size, fill) {
      const buffer = new Buffer(size);
      return fill === undefined ? buffer : buffer.fill(fill);
    }
    static allocUnsafe(size) { return new Buffer(size); }
    static isBuffer(value) { return value instanceof Buffer; }
    static byteLength(text, encoding) { return Buffer.from(text, encoding).length; }
    static concat(list) {
      const buffer = new Buffer(list.reduce((sum, one) => sum + one.length, 0));
      list.reduce((at, one) => (buffer.set(one, at), at + one.length), 0);
      return buffer;
    }
    slice(start, end) { return this.subarray(start, end); }
    equals(other) { return this.length === other.length && this.every((byte, at) => byte === other[at]); }
    toString(encoding, start, end) { return coder(encoders, encoding)(this.subarray(start || 0, end)); }
    toJSON() { return { type: "Buffer", data: Array.from(this) }; }
    readUIntBE(at, size) {
      let value = 0;
      for (let place = 0; place < size; place++) value = value * 256 + this.readUInt8(at + place);
      return value;
    }
    readUIntLE(at, size) {
      let value = 0;
      for (let place = size - 1; place >= 0; place--) value = value * 256 + this.readUInt8(at + place);
      return value;
    }
    readIntBE(at, size) { return signed(this.readUIntBE(at, size), size); }
    readIntLE(at, size) { return signed(this.readUIntLE(at, size), size); }
  }
  const signed = (value, size) => (value < 2 ** (size * 8 - 1) ? value : value - 2 ** (size * 8));
  const hidden = (name, value) =>
    Object.defineProperty(Buffer.prototype, name, { value, writable: true, configurable: true });
  const numbers = {
    Int8: "Int8", UInt8: "Uint8", Int16: "Int16", UInt16: "Uint16", Int32: "Int32", UInt32: "Uint32",
    Float: "Float32", Double: "Float64", BigInt64: "BigInt64", BigUInt64: "BigUint64",
  };
  for (const name of Object.keys(numbers)) {
    const { ["get" + numbers[name]]: get, ["set" + numbers[name]]: set } = DataView.prototype;
    const size = Number(/\d+/.exec(numbers[name])[0]) / 8;
    for (const end of size === 1 ? [""] : ["LE", "BE"]) {
      const little = end === "LE";
      const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      const read = function (at) { return get.call(view(this), at || 0, little); };
      const write = function (value, at) {
        set.call(view(this), at || 0, value, little);
        return (at || 0) + size;
      };
      for (const alias of [name, name.replace("UInt", "Uint")]) {
        hidden("read" + alias + end, read);
        hidden("write" + alias + end, write);
      }
    }
  }
  return Buffer;
})()`;
