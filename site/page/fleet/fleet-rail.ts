/** The devices, searchable; the chosen one is what the plot shows. */
import type { Fleet } from "../../console/api.ts";
import type { DeviceState } from "../../ports.ts";
import { ask } from "../lib/api.ts";
import type { PageContext, View } from "../lib/context.ts";
import { element, reconcile, setText } from "../lib/dom.ts";
import { formatCount } from "../lib/format.ts";
import type { Watch } from "../lib/live.ts";
import { Notice, panel } from "../lib/panel.ts";
import { searchField } from "../lib/search-field.ts";
import { createDevice, updateDevice, type DeviceRow } from "./device-row.ts";

const intervalMs = 2500;

export function fleetRail({ live, router }: PageContext): View {
  let watch: Watch | null = null;
  let chosen: string | null = null;
  let fleet: Fleet | null = null;
  const notice = new Notice();
  const list = element("ul", { class: "devices" });
  const more = element("p", { class: "more", attributes: { hidden: true } });
  const search = searchField("Search devices", () => watch?.refresh());
  const rail = panel(
    { title: "Devices", name: "devices" },
    search.element,
    element("div", { class: "scroller", attributes: { tabindex: -1 } }, list, more),
    notice.element,
  );

  const choose = (device: string): void => {
    const parameters = new URLSearchParams({ device });
    for (const kept of ["range", "forecast", "anomalies"]) {
      const value = router.current.parameters.get(kept);
      if (value !== null) parameters.set(kept, value);
    }
    router.go("fleet", parameters);
  };
  const render = (): void => {
    if (fleet === null) return;
    const { devices, matching, total, now } = fleet;
    reconcile<DeviceState, DeviceRow>(
      list,
      devices,
      ({ deviceId }) => deviceId,
      ({ deviceId }) => createDevice(deviceId, choose),
      (row, device) => updateDevice(row, device, { now, isChosen: device.deviceId === chosen }),
    );
    setText(
      rail.note,
      matching === total ? formatCount(total) : `${formatCount(matching)} of ${formatCount(total)}`,
    );
    more.hidden = devices.length === matching;
    setText(more, `${formatCount(matching - devices.length)} more: narrow the search`);
    if (total === 0)
      notice.show("No device yet", "A device appears here when it connects for the first time.");
    else if (matching === 0) notice.show("No device matches");
    else notice.hide();
  };

  return {
    element: rail.element,
    show({ parameters }) {
      chosen = parameters.get("device");
      render();
      watch ??= live.watch(intervalMs, async (signal) => {
        try {
          fleet = await ask<Fleet>("fleet", { search: search.value() }, signal);
          render();
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
