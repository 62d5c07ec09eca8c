/**
 * What a device may do: topic spaces and permission bindings, evaluated as Event Grid documents it
 * (learn.microsoft.com, "Topic spaces in Azure Event Grid", "Access control for MQTT clients"): a client of the bound
 * group may publish to, or subscribe with, what a template of the bound space covers, its variable replaced by the name
 * that the client was authenticated under. Everything else is refused.
 */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { frugal, recordAzure } from "./environment.ts";

interface Binding {
  readonly permission: "Publisher" | "Subscriber";
  readonly group: string;
  readonly templates: readonly string[];
}

let bindings: Binding[];
let group: { readonly name: string; readonly query: string };

beforeAll(async () => {
  const { recording } = await recordAzure(frugal);
  const of = (kind: string) =>
    recording.registrations.filter(({ type }) => type === `azure-native:eventgrid:${kind}`);
  const spaces = new Map(of("TopicSpace").map(({ inputs }) => [inputs["topicSpaceName"], inputs]));
  bindings = of("PermissionBinding").map(({ inputs }) => ({
    permission: inputs["permission"] as Binding["permission"],
    group: String(inputs["clientGroupName"]),
    templates: spaces.get(inputs["topicSpaceName"])?.["topicTemplates"] as string[],
  }));
  const { inputs } = recording.one("azure-native:eventgrid:ClientGroup", "acme-fleet-group");
  group = { name: String(inputs["clientGroupName"]), query: String(inputs["query"]) };
});

/** Whether every topic that the filter matches is matched by the template; a topic is a filter without wildcards. */
function covers(template: string, filter: string): boolean {
  const [wide, narrow] = [template.split("/"), filter.split("/")];
  for (const [index, level] of wide.entries()) {
    if (level === "#") return true;
    const asked = narrow[index];
    if (asked === undefined || asked === "#") return false;
    if (level !== "+" && level !== asked) return false;
  }
  return wide.length === narrow.length;
}

function may(permission: Binding["permission"], topic: string, device: string, among = bindings): boolean {
  return among
    .filter((binding) => binding.permission === permission && binding.group === group.name)
    .flatMap(({ templates }) => templates)
    .map((template) => template.replaceAll("${client.authenticationName}", device))
    .some((template) => covers(template, topic));
}

const ids = Array.from({ length: 100 }, (_, index) => `dev-${String(index).padStart(2, "0")}`);

/** Pairs of a device and another's name for which something is allowed. */
function matrix(allows: (device: string, other: string) => boolean): { allowed: number; own: boolean } {
  let [allowed, own] = [0, true];
  for (const device of ids) {
    for (const other of ids) {
      if (!allows(device, other)) continue;
      allowed++;
      own &&= device === other;
    }
  }
  return { allowed, own };
}

const onlyOwn = { allowed: 100, own: true };

describe("100 devices × 100 topics", () => {
  test("publish: 100 allowed, 9,900 denied", () => {
    const publish = (device: string, other: string) => may("Publisher", `devices/${other}/telemetry`, device);
    expect(matrix(publish)).toEqual(onlyOwn);
  });

  test("subscribe to commands: 100 allowed, 9,900 denied", () => {
    const subscribe = (device: string, other: string) =>
      may("Subscriber", `devices/${other}/commands/+`, device);
    expect(matrix(subscribe)).toEqual(onlyOwn);
  });

  test("a template that is loosened in one place fails the same count", () => {
    const loose = bindings.map((binding) => ({
      ...binding,
      templates: binding.templates.map((template) => template.replace("${client.authenticationName}", "+")),
    }));
    const publish = (device: string, other: string) =>
      may("Publisher", `devices/${other}/telemetry`, device, loose);
    expect(matrix(publish)).toEqual({ allowed: 10_000, own: false });
  });
});

test.each<[Binding["permission"], string, boolean]>([
  ["Publisher", "devices/d1/telemetry", true],
  ["Publisher", "devices/d1/telemetry/imu", true],
  ["Publisher", "devices/d1/events", true],
  ["Publisher", "devices/d1/status", true],
  ["Publisher", "devices/d1/commands/reboot/ack", true],
  ["Subscriber", "devices/d1/commands/+", true],
  ["Subscriber", "devices/d1/commands/reboot", true],
  ["Publisher", "devices/d1/commands/reboot", false],
  ["Publisher", "devices/d1", false],
  ["Publisher", "devices/d1/telemetry/a/b", false],
  ["Publisher", "devices/d10/telemetry", false],
  ["Publisher", "devices/d1x/telemetry", false],
  ["Publisher", "other/d1/telemetry", false],
  ["Subscriber", "#", false],
  ["Subscriber", "+/+/telemetry", false],
  ["Subscriber", "devices/d1/commands/#", false],
  ["Subscriber", "devices/+/commands/+", false],
  ["Subscriber", "devices/d1/telemetry", false],
  ["Subscriber", "devices/d2/commands/+", false],
  ["Subscriber", "$SYS/#", false],
])("device d1, %s of %s: %p", (permission, topic, expected) => {
  expect(may(permission, topic, "d1")).toBe(expected);
});

test("the group is of devices alone, and nothing is bound to everybody", () => {
  expect(group.query).toBe("attributes.role IN ['device']");
  expect(bindings.map((binding) => binding.group)).toEqual(["devices", "devices"]);
  expect(bindings.flatMap(({ templates }) => templates)).not.toContain("#");
});

test("within Event Grid's limits: 10 spaces, 10 templates each, 256 bytes, 15 levels, for the longest id too", () => {
  expect(bindings.length).toBeLessThanOrEqual(10);
  for (const { templates } of bindings) {
    expect(templates.length).toBeLessThanOrEqual(10);
    for (const template of templates) {
      const topic = template.replace("${client.authenticationName}", "d".repeat(64));
      expect(topic.length).toBeLessThanOrEqual(256);
      expect(topic.split("/").length).toBeLessThanOrEqual(15);
    }
  }
});
