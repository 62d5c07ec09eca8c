/** Which models an environment scores which devices with: data, checked once, the same for whoever scores. */
import { z } from "zod";

const scoredModel = z.strictObject({
  /** What the metrics of its scores begin with. Unique. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "allowed: a-z 0-9 with single - between, starting with a letter")
    .max(40),
  /** ONNX file of `npx fieldlake model export`; relative to the project's folder. */
  file: z.string().min(1).max(500),
  /** What the file's SHA-256 has to be, in hex; default whatever it is. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "allowed: a SHA-256, 64 digits 0-9 a-f")
    .optional(),
  /** Glob on the device id. Default every device that has rows in the table. */
  devices: z.string().min(1).max(128).default("*"),
  /** The devices' frame table. */
  table: z.string().regex(/^frames_[a-z0-9_]{1,100}$/, "allowed: the name of a frame table, frames_…"),
  /** From the beginning of one window to that of the next. Default what the model was trained with. */
  stepSeconds: z.number().positive().max(3_600).optional(),
});
export type ScoredModel = z.output<typeof scoredModel>;

export const scoringDeclaration = z
  .strictObject({
    /** At most 16; each name once. Default none. */
    models: z
      .array(scoredModel)
      .max(16)
      .default([])
      .check(({ value, issues }) => {
        value.forEach(({ name }, index) => {
          if (value.findIndex((other) => other.name === name) === index) return;
          issues.push({
            code: "custom",
            path: [index, "name"],
            message: `received "${name}" a second time; allowed: each name once`,
            input: name,
          });
        });
      }),
    /** Seconds between two looks at what came in. Default 5. */
    everySeconds: z.number().int().min(1).max(3_600).default(5),
  })
  .prefault({});
export type ScoringDeclaration = z.output<typeof scoringDeclaration>;
