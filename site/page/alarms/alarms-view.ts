/** What the rules found: newest first, what still lasts, and who looks after it. */
import type { AlarmList, ListedAlarm } from "../../../functions/alarms/alarm.ts";
import { announce } from "../lib/announce.ts";
import { ask, post } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, reconcile, replace, setText } from "../lib/dom.ts";
import { counted, formatCount } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { segmented, type Choice } from "../lib/segmented.ts";
import { timeElement } from "../lib/time-element.ts";
import { createAlarm, updateAlarm } from "./alarm-entry.ts";
import { personField } from "./person-field.ts";

const intervalMs = 3000;
const shownAlarms = 200;

type AlarmState = "unacknowledged" | "open" | "all";

const states: readonly Choice<AlarmState>[] = [
  { value: "unacknowledged", label: "New", name: "that nobody has acknowledged" },
  { value: "open", label: "Open", name: "that still last" },
  { value: "all", label: "All", name: "also those that are over" },
];
const nothing: Readonly<Record<AlarmState, string>> = {
  unacknowledged: "Every alarm has been acknowledged.",
  open: "No alarm lasts.",
  all: "No rule of fieldlake:alarms has found anything so far.",
};

export function alarmsView({ live, router }: PageContext): View {
  let watch: Watch | null = null;
  let state: AlarmState = "unacknowledged";
  const notice = new Notice();
  const person = personField();
  const list = element("ul", { class: "alarms" });
  const filter = segmented("Alarms shown", states, (value) => {
    router.go("alarms", new URLSearchParams({ state: value }));
  });
  const made = panel(
    { title: "Alarms", name: "alarms", actions: [person.element, filter.element] },
    element("div", { class: "scroller", attributes: { tabindex: -1 } }, list),
    notice.element,
  );
  const silences = panel({ title: "Silences", name: "silences" });
  silences.element.hidden = true;

  const acknowledge = async (alarm: ListedAlarm): Promise<void> => {
    const by = person.value();
    if (by === null) return;
    try {
      await post("alarms/acknowledge", { id: alarm.id, by });
      announce(`${alarm.rule} of ${alarm.device} is acknowledged`);
      watch?.refresh();
    } catch (error) {
      if (!live.failed(error)) notice.fail(error);
    }
  };
  const render = (answer: AlarmList): void => {
    const { alarms, matching, now } = answer;
    reconcile(
      list,
      alarms,
      ({ id }) => id,
      (alarm) => createAlarm(alarm, () => void acknowledge(alarm)),
      (item, alarm) => updateAlarm(item, alarm, now),
    );
    setText(
      made.note,
      matching > alarms.length
        ? `newest ${alarms.length} of ${formatCount(matching)}`
        : counted(matching, "alarm"),
    );
    if (alarms.length > 0) notice.hide();
    else notice.show("Nothing to look after", nothing[state]);
    silences.element.hidden = answer.silences.length === 0;
    replace(
      silences.body,
      element(
        "ul",
        { class: "silences" },
        ...answer.silences.map(({ rule, device, until, by, reason }) =>
          element(
            "li",
            {},
            `${reason}: nobody is told of rules ${rule}, devices ${device}, until `,
            timeElement(until / 1000),
            ` (${by})`,
          ),
        ),
      ),
    );
  };

  return {
    element: element("div", { class: "view alarms-view" }, made.element, silences.element),
    show({ parameters }) {
      const wanted = parameters.get("state");
      state = states.find(({ value }) => value === wanted)?.value ?? "unacknowledged";
      filter.select(state);
      watch?.stop();
      watch = live.watch(intervalMs, async (signal) => {
        try {
          render(await ask<AlarmList>("alarms", { state, limit: shownAlarms }, signal));
        } catch (error) {
          notice.fail(error);
        }
      });
    },
    hide() {
      watch?.stop();
      watch = null;
    },
  };
}
