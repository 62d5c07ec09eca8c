/**
 * The SDK reads a stack trace for each promise of its own and has it mapped by source maps. Node strips types in place:
 * there are none to map by, and a third of a plan's time in this process went into looking for them. Traces stay, as V8
 * writes them.
 */
Reflect.deleteProperty(Error, "prepareStackTrace");
