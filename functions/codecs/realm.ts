/**
 * The world that a codec finds in the sandbox: what ECMAScript has, `Buffer`, a silent `console`, nothing else. The clock
 * stands at the uplink's arrival and random numbers repeat, so that the same bytes always decode the same. Built-in objects
 * are frozen, and what a codec leaves behind in the global object is taken away after each uplink.
 *
 * JavaScript of the sandbox. A function of the `Buffer` class that prepares the world and returns
 * `{ NativeDate, at, sweep, seal }`; the world is sealed behind the first time that the codec has loaded.
 */
export const realmSource = String.raw`(function (Buffer) {
  "use strict";
  const world = globalThis;
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf, freeze } = Object;
  const { ownKeys, deleteProperty, construct } = Reflect;
  const NativeDate = Date;
  const isLoose = (object, key) => getOwnPropertyDescriptor(object, key).configurable;
  let now = 0, seed = 1;

  function FixedDate(...given) {
    if (new.target === undefined) return new NativeDate(now).toString();
    return construct(NativeDate, given.length === 0 ? [now] : given, new.target);
  }
  defineProperty(FixedDate, "name", { value: "Date" });
  for (const key of ["UTC", "parse"]) defineProperty(FixedDate, key, { value: NativeDate[key] });
  defineProperty(FixedDate, "now", { value: () => now });
  FixedDate.prototype = NativeDate.prototype;
  FixedDate.prototype.constructor = FixedDate;
  Math.random = () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 4294967296;
  };
  const console = {};
  for (const key of ["log", "info", "warn", "error", "debug", "trace"]) console[key] = () => undefined;
  const hidden = (name, value) => defineProperty(world, name, { value, writable: true, configurable: true });
  hidden("Date", FixedDate);
  hidden("Buffer", Buffer);
  hidden("console", console);

  // Everything global moves to what the global object inherits from: what a codec leaves behind is then found among a few
  // names of its own, behind each uplink.
  const globals = Object.create(getPrototypeOf(world));
  for (const key of ownKeys(world)) {
    if (!isLoose(world, key)) continue;
    defineProperty(globals, key, getOwnPropertyDescriptor(world, key));
    delete world[key];
  }
  setPrototypeOf(world, globals);

  // Codecs polyfill built-in objects each time they load. The first load may; what it put there stays, and later ones are
  // not heard, neither by assignment nor by defineProperty.
  const builtIn = new Map();
  let isSealed = false;
  const guarded = (holder, name, ignored) => {
    const define = holder[name];
    holder[name] = { [name](target, ...given) {
      return isSealed && builtIn.has(target) ? ignored(target) : define(target, ...given);
    } }[name];
  };
  guarded(Object, "defineProperty", (target) => target);
  guarded(Object, "defineProperties", (target) => target);
  guarded(Reflect, "defineProperty", () => true);

  // A frozen property can't be assigned to in objects that inherit it either (ECMA-262, OrdinarySet): codecs may well
  // name a value "toString", or give an error a name of their own.
  const inherited = new Set([Object, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
    .map(({ prototype }) => prototype));
  const settable = (object, key, value) => ({
    get() { return value; },
    set(given) {
      if (this !== object)
        defineProperty(this, key, { value: given, writable: true, enumerable: true, configurable: true });
    },
    enumerable: false,
    configurable: false,
  });
  // Visits everything that can be reached from the global object, which itself is not visited.
  const visitAll = (visit) => {
    const seen = new Set([world]);
    const waiting = [];
    const add = (value) => {
      if ((typeof value === "object" && value !== null) || typeof value === "function") waiting.push(value);
    };
    const addOwn = (object) => {
      add(getPrototypeOf(object));
      for (const key of ownKeys(object)) {
        const { value, get, set } = getOwnPropertyDescriptor(object, key);
        add(value);
        add(get);
        add(set);
      }
    };
    addOwn(world);
    add(NativeDate);
    for (const one of [[].keys(), new Map().keys(), new Set().keys(), ""[Symbol.iterator](), "".matchAll(/./g)]) add(one);
    for (const one of [function* () {}, async () => {}, async function* () {}]) add(one);
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      if (seen.has(object)) continue;
      seen.add(object);
      addOwn(object);
      visit(object);
    }
  };
  const valuesOf = (object) =>
    new Map(ownKeys(object).map((key) => [key, getOwnPropertyDescriptor(object, key).value]));
  visitAll((object) => builtIn.set(object, valuesOf(object)));
  const known = new Set(ownKeys(world));

  return {
    NativeDate,
    at(time) {
      now = time;
      seed = 2463534242;
    },
    // False where something can't be taken away.
    sweep() {
      const keys = ownKeys(world);
      if (keys.length === known.size) return true;
      return keys.every((key) => known.has(key) || deleteProperty(world, key));
    },
    seal() {
      visitAll((object) => {
        const before = builtIn.get(object);
        for (const [key, value] of valuesOf(object)) {
          const isPolyfill = before !== undefined && value !== before.get(key);
          if ((isPolyfill || inherited.has(object)) && value !== undefined && isLoose(object, key))
            defineProperty(object, key, settable(object, key, value));
        }
        freeze(object);
      });
      isSealed = true;
    },
  };
})`;
