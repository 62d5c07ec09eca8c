/** What a cloud keeps in documents: alarms and API tokens, each document by partition and id. */

/** As it was read: what is written over it says which revision it means. */
export interface KeptDocument {
  /** JSON. */
  readonly body: unknown;
  readonly revision: string;
}

/** Every failure is an Error that names the table or container. */
export interface KeptDocuments {
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
