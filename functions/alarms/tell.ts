/** What alarms of a cloud tell, and to whom. */

/** Tells who is to know of an alarm that begins or ends; rejects where it has to be tried again. */
export type Tell = (alarm: { readonly id: string; readonly body: string } & AlarmFacts) => Promise<void>;

/** What a receiver may sort by, without reading the notice. */
export interface AlarmFacts {
  readonly device: string;
  readonly rule: string;
  readonly severity: string;
  readonly isOver: boolean;
}
