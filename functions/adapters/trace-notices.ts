import type { Tell } from "../alarms/tell.ts";
import { alarmMember, metricMember } from "../azure-agreements.ts";

/** A notice as a line of the function's trace, which the alert on alarms reads and tells the action group of. */
export function traceNotices(
  environment: string,
  write: (line: string) => void = (line) => console.log(line),
): Tell {
  return ({ body, ...facts }) => {
    write(
      JSON.stringify({
        [metricMember]: environment,
        [alarmMember]: facts,
        notice: JSON.parse(body) as unknown,
      }),
    );
    return Promise.resolve();
  };
}
