import { ownRecord } from "../core/envelopes/own-message.ts";
import type { Score } from "../scoring/frame-scoring.ts";

export interface ScoreRecord {
  readonly deviceId: string;
  /** What the stream's decoder opens. */
  readonly text: string;
}

/** Scores as records of a stream, in requests of at most so many records and characters. */
export function* scoreBatches(
  scores: readonly Score[],
  most: { readonly records: number; readonly characters: number },
): Generator<readonly ScoreRecord[]> {
  let batch: ScoreRecord[] = [];
  let characters = 0;
  for (const { payload, ...score } of scores) {
    const text = ownRecord({ ...score, payload: Buffer.from(payload).toString("base64") });
    if (batch.length === most.records || (batch.length > 0 && characters + text.length > most.characters)) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push({ deviceId: score.deviceId, text });
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}
