/** Files that models are exported as. Apart from what writes them: the command line's help is shown without that. */
export const formatNames = ["onnx", "litert"] as const;
export type FormatName = (typeof formatNames)[number];
