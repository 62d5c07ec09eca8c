/** The sample fleet: which identity plays what. `Pulumi.local-dev.yaml` gives these devices their certificates. */

/** Devices of one kind: a row of the progress display and of the summary. */
export type SampleGroup = "wearables" | "rooms" | "tracker" | "machine";

export interface SampleDevice {
  readonly id: string;
  /** Name of the device profile, a folder below profiles/. */
  readonly profile: string;
  readonly group: SampleGroup;
  /** Numbers of the recorded cases that the device plays or summarises, in order. */
  readonly cases: readonly number[];
}

/** Each group in words, in the order in which it is shown. */
export const sampleGroups: Record<SampleGroup, string> = {
  wearables: "wrist bands, binary IMU frames",
  rooms: "room sensors, SenML JSON and CBOR",
  tracker: "tracker, Cayenne LPP",
  machine: "press, JSON",
};

const wrists = Array.from({ length: 10 }, (_, index) => index + 1);

/** One case of each activity: the cases of one activity are ten in a row in the recording. */
const caseOfEachActivity = (wrist: number): number[] => [wrist, wrist + 10, wrist + 20, wrist + 30];

export const sampleFleet: readonly SampleDevice[] = [
  ...wrists.map((wrist): SampleDevice => ({
    id: `wrist-${String(wrist).padStart(2, "0")}`,
    profile: "wearable-imu",
    group: "wearables",
    cases: caseOfEachActivity(wrist),
  })),
  {
    id: "room-senml-01",
    profile: "environment-senml",
    group: "rooms",
    cases: wrists.slice(0, 5).flatMap(caseOfEachActivity),
  },
  {
    id: "room-senml-02",
    profile: "environment-senml",
    group: "rooms",
    cases: wrists.slice(5).flatMap(caseOfEachActivity),
  },
  {
    id: "room-cbor-01",
    profile: "environment-senml-cbor",
    group: "rooms",
    cases: wrists.flatMap(caseOfEachActivity),
  },
  { id: "tracker-lpp-01", profile: "tracker-lpp", group: "tracker", cases: caseOfEachActivity(1) },
  { id: "press-json-01", profile: "machine-json", group: "machine", cases: caseOfEachActivity(2) },
];
