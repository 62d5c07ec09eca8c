/** Alarms of a cloud for whoever asks over the API. */
import type { AlarmAnswers } from "../../site/console/lake-handlers.ts";
import { noSuchAlarm } from "../alarms/alarm-error.ts";
import type { CloudBook } from "../alarms/cloud-book.ts";

export function alarmDesk(book: CloudBook): AlarmAnswers {
  return {
    list: (asked, sees) => book.list({ ...asked, sees }),
    async acknowledge({ id, ...acknowledged }, sees) {
      const known = await book.find(id);
      const isSeen = known !== null && sees?.(known.device) !== false;
      const alarm = isSeen ? await book.acknowledge(id, acknowledged) : null;
      if (alarm === null) throw noSuchAlarm(id);
      return alarm;
    },
    silence: (asked) => book.silence(asked),
  };
}
