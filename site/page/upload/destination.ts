/** Whose log it is, and which profile reads it: offered from the fleet and from what is bound to the device. */
import type { Fleet, UploadLanes } from "../../console/api.ts";
import { ask, RefusedError } from "../lib/api.ts";
import { element, replace, setAttribute, setText } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";
import type { Destination } from "./transfer.ts";

const pauseMs = 180;
const offered = 50;

export interface DestinationFields {
  readonly element: HTMLElement;
  /** Null where none is chosen; the field that lacks it then asks. */
  value(): Destination | null;
  choose(device: string): void;
}

/** What the choice of profiles shows before there are any. */
const noProfile = (): HTMLElement => element("option", { attributes: { value: "" } }, "Profile");

/** @param failed told of errors that are about the connection */
export function destinationFields(failed: (error: unknown) => boolean): DestinationFields {
  let pause: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();
  let known = false;
  const list = element("datalist", { attributes: { id: "upload-devices" } });
  const device = element("input", {
    attributes: {
      type: "text",
      "aria-label": "Device whose log it is",
      "aria-describedby": "upload-hint",
      placeholder: "Device",
      list: "upload-devices",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 64,
    },
    on: {
      input: () => {
        setAttribute(device, "aria-invalid", null);
        clearTimeout(pause);
        pause = setTimeout(() => void look(), pauseMs);
      },
      focus: () => void look(),
    },
  });
  const lane = element(
    "select",
    { attributes: { "aria-label": "Profile that reads it", disabled: true } },
    noProfile(),
  );
  const hint = element("p", { class: "hint", attributes: { id: "upload-hint", role: "status" } });

  /** Devices that begin so, and the profiles of the one that is named in full. */
  async function look(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const id = device.value.trim();
    try {
      const [{ devices }, { lanes }] = await Promise.all([
        ask<Fleet>("fleet", { search: id, limit: offered }, signal),
        id === ""
          ? { lanes: [] as UploadLanes["lanes"] }
          : ask<UploadLanes>("uploads/lanes", { device: id }, signal),
      ]);
      replace(list, ...devices.map(({ deviceId }) => element("option", { attributes: { value: deviceId } })));
      known = devices.some(({ deviceId }) => deviceId === id);
      const former = lane.value;
      replace(
        lane,
        ...(lanes.length === 0 ? [noProfile()] : []),
        ...lanes.map(({ channel, profile, format }) =>
          element("option", { attributes: { value: channel } }, `${profile} · ${channel} · ${format}`),
        ),
      );
      if (lanes.some(({ channel }) => channel === former)) lane.value = former;
      lane.disabled = lanes.length === 0;
      setText(hint, hintOf(id, lanes.length));
    } catch (error) {
      if (signal.aborted || failed(error)) return;
      if (!(error instanceof RefusedError)) throw error;
      setText(hint, error.message);
    }
  }

  function hintOf(id: string, lanes: number): string {
    if (id === "") return "";
    if (lanes === 0)
      return `No profile is bound to ${id}: fieldlake:bindings of the stack says which device has which.`;
    return known ? "" : `${id} is not known to the fleet yet: its rows will be there under this name.`;
  }

  return {
    element: element(
      "div",
      { class: "destination" },
      device,
      list,
      element("div", { class: "select" }, lane, icon("down")),
      hint,
    ),
    value() {
      const id = device.value.trim();
      if (id !== "" && lane.value !== "") return { device: id, channel: lane.value };
      setAttribute(device, "aria-invalid", true);
      if (id === "") setText(hint, "Whose log is it? Choose a device.");
      device.focus();
      return null;
    },
    choose(id) {
      if (device.value !== "") return;
      device.value = id;
      void look();
    },
  };
}
