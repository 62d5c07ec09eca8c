/** What alarms of a cloud are kept in: a few kinds of documents, each by partition and id. */

/** As it was read: what is written over it says which revision it means. */
export interface KeptDocument {
  /** JSON. */
  readonly body: unknown;
  readonly revision: string;
}

/** Every failure is an Error that names the table or container. */
export interface AlarmDocuments {
  read(partition: string, id: string): Promise<KeptDocument | null>;
  /**
   * In place of the revision that was read, null for none. `null` as body takes the document away.
   * Resolves with false where somebody else was faster: nothing is written then.
   *
   * @param days for how long it is kept at least; absent: until it is taken away
   */
  write(partition: string, id: string, body: unknown, former: string | null, days?: number): Promise<boolean>;
  /** Those of a partition whose ids begin so, in no order. */
  below(partition: string, prefix: string): AsyncIterable<KeptDocument & { readonly id: string }>;
}

/** Tells who is to know of an alarm that begins or ends; rejects where it has to be tried again. */
export type Tell = (alarm: { readonly id: string; readonly body: string } & AlarmFacts) => Promise<void>;

/** What a receiver may sort by, without reading the notice. */
export interface AlarmFacts {
  readonly device: string;
  readonly rule: string;
  readonly severity: string;
  readonly isOver: boolean;
}
