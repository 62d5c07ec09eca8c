// Pulumi loads a pack with require() under a hook that would compile TypeScript with its own compiler;
// import() leaves that to Node, which runs it as it is.
void import("./index.ts");
