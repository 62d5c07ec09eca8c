/** Answers about stored messages that are decoded again. */
import { z } from "zod";
import { count, microseconds, milliseconds } from "./schema.ts";

export const run = z.object({
  run: milliseconds.describe("Of its start, milliseconds since 1970: its name in the lineage."),
  codec: z.string().describe("`name@version`."),
  from: microseconds,
  to: microseconds,
  dryRun: z.boolean(),
  state: z.enum(["running", "done", "failed"]),
  bytes: count.describe("Of the raw files: sealed bytes read so far."),
  totalBytes: count,
  counts: z.object({
    messages: count.describe("Decoded again."),
    fromQuarantine: count.describe("Of these, what no raw file has any more: taken from the quarantine."),
    kept: count.describe(
      "That keep what the lake has of them: data without a birth, and what took too long.",
    ),
    unidentified: count.describe("Of files, whose rows could not be told apart: they stay as they are."),
    unreplayable: count.describe(
      "In quarantine only, and not to be decoded without its raw file: records of files, and Sparkplug.",
    ),
    damaged: count.describe("Records of the raw zone that can't be read."),
    tables: z.array(
      z.object({
        table: z.string(),
        before: count,
        after: count,
        same: count.describe("Rows of `after` that say what one of `before` said."),
      }),
    ),
    changes: count.describe("Commits of the lake; with a dry run, how many there would be."),
    scores: z
      .array(
        z.object({
          model: z.string(),
          version: z.string().describe("First digits of the SHA-256 of the model's file."),
          before: count.describe("Windows that the lake had scores of."),
          after: count.describe("Windows that the model scored."),
          same: count.describe("Of these, scored as they were."),
        }),
      )
      .describe("Windows whose samples changed, scored again; none with a dry run of another codec."),
  }),
  error: z.string().nullable().describe("Why it failed; asked again it does the rest."),
});

export const replay = z.object({
  run: run.nullable().describe("The one at hand, else the last one since the site's start."),
  codecs: z.array(z.string()).describe("`name@version` of the profiles that are deployed."),
  lineage: z
    .array(
      z.object({
        run: milliseconds,
        codec: z.string(),
        version: z.string(),
        sources: z
          .array(z.string())
          .describe(
            "Files of the raw zone, by the hash that is their name; of scores, files of their frames.",
          ),
        messages: count,
        before: count.describe("Rows of all tables, quarantine included."),
        after: count,
      }),
    )
    .describe("What replays have changed, a commit of the lake each, newest first; at most 100."),
});
