/** There is no such alarm. */
export class AlarmError extends Error {
  override readonly name = "AlarmError";
}

export const noSuchAlarm = (id: string): AlarmError =>
  new AlarmError(`id: received "${id}"; allowed: the id of an alarm (npx fieldlake alarms list)`);
