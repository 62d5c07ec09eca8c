/** A plan for people: tables by component, and what to look at first marked. */
import { count, counted } from "../render/units.ts";
import { renderTable, type TableColumn } from "../render/table.ts";
import type { Style, Terminal } from "../terminal.ts";
import type { Plan, QuotaState } from "./document.ts";
import type { Violation } from "./violations.ts";

type Screen = Pick<Terminal, "style" | "width">;

export function renderPlan(plan: Plan, screen: Screen): string {
  return [
    head(plan, screen),
    section("What would be made", components(plan, screen), screen),
    section("Encryption", encryption(plan, screen), screen),
    section("Capabilities", capabilities(plan), screen),
    section("Named exceptions", exceptions(plan, screen), screen),
    section("Policies", policies(plan, screen), screen),
    section(`Quotas that ${loadOf(plan)} touch`, quotas(plan, screen), screen),
    section("Cost a month, list prices", costs(plan, screen), screen),
  ].join("\n\n");
}

function head({ stack, environment, target, region, resources, remarks }: Plan, screen: Screen): string {
  const where = region === null ? target : `${target} ${region}`;
  const title = `Plan of ${stack}: environment ${environment} on ${where}, ${counted(resources, "resource")}`;
  return [screen.style("strong", title), ...remarks.map((remark) => screen.style("faint", remark))].join(
    "\n",
  );
}

function components({ components: groups }: Plan, screen: Screen): string {
  const columns: TableColumn[] = [
    { title: "component" },
    { title: "service" },
    { title: "resources", align: "right" },
    { title: "of kinds" },
  ];
  const rows = groups.flatMap(({ component, name, resources }) =>
    [...grouped(resources, ({ type }) => serviceOf(type))].flatMap(([service, made], index) =>
      wrapped(kindsOf(made)).map((kinds, line) => [
        index + line > 0 ? "" : component === null ? name : `${component} ${name}`,
        line > 0 ? "" : service,
        line > 0 ? "" : count(made.length),
        kinds,
      ]),
    ),
  );
  return renderTable(columns, rows, screen);
}

function encryption({ encryption: states }: Plan, screen: Screen): string {
  const columns = ["component", "what", "in transit", "at rest", "key"].map((title) => ({ title }));
  const rows = states.map(({ component, name, inTransit, atRest, keyId }) => [
    component,
    name,
    inTransit ?? "–",
    atRest ?? "–",
    keyId ?? "–",
  ]);
  return renderTable(columns, rows, screen);
}

const capabilities = ({ capabilities: all }: Plan): string =>
  Object.entries(all)
    .map(([name, value]) => {
      const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      const shown = typeof value === "boolean" ? (value ? "yes" : "no") : [value].flat().join(", ");
      return `  ${words}: ${shown}`;
    })
    .join("\n");

const exceptions = ({ exceptions: all }: Plan, screen: Screen): string =>
  all.length === 0
    ? "  none: every promise is kept"
    : all
        .map(
          ({ rule, resource, reason, compensatingControl }) =>
            `  ${screen.style("warning", rule)} (${resource})\n    ${reason}\n    instead: ${compensatingControl}`,
        )
        .join("\n");

const verdicts = ["pass", "fail", "undetermined", "not-supported"] as const;
/** Else no rule of the pack is about a resource of the plan. */
const isJudged = (counts: Plan["policies"]["counts"]): boolean =>
  verdicts.some((verdict) => counts[verdict] > 0);

function policies({ policies: judged }: Plan, screen: Screen): string {
  const columns: TableColumn[] = [
    { title: "requirement" },
    ...["pass", "fail", "not known yet", "not supported here"].map((title) => ({
      title,
      align: "right" as const,
    })),
  ];
  const rows = judged.requirements.map(({ requirement, counts }) => [
    requirement,
    ...verdicts.map((verdict) => (isJudged(counts) ? count(counts[verdict]) : "–")),
  ]);
  const paint = (text: string, _: number, column: number): string =>
    column === 2 && text !== "0" && text !== "–" ? screen.style("bad", text) : text;
  const lines = [
    ...judged.violations.map((violation) => violationLine(violation, screen)),
    ...judged.staleExceptions.map(
      ({ exception, state }) =>
        `  stale exception from ${exception.rule} for ${exception.resource}: ${state}`,
    ),
  ];
  return [renderTable(columns, rows, screen, paint), ...lines].join("\n");
}

function violationLine({ rule, level, resource, properties, why, fix }: Violation, screen: Screen): string {
  const wrong = properties
    .map(({ property, found }) => `${property || "the resource"} is ${found}`)
    .join("; ");
  const mark = screen.style(level === "mandatory" ? "bad" : "warning", `${level} violation`);
  return `  ${mark} ${resource}: ${wrong}. ${why} Fix: ${fix} [${rule}]`;
}

const paintOf: Record<QuotaState, Style | null> = { within: null, near: "warning", beyond: "bad" };

function quotas({ quotas: lines }: Plan, screen: Screen): string {
  if (lines.length === 0) return "  none: this target has no quotas";
  const columns: TableColumn[] = [
    { title: "quota" },
    { title: "expected", align: "right" },
    { title: "limit", align: "right" },
    { title: "unit" },
    { title: "used", align: "right" },
    { title: "remark" },
  ];
  const rows = lines.map(({ quota, expected, limit, unit, used, state, remark }) => [
    quota,
    figure(expected),
    figure(limit),
    unit,
    `${share(used)}${state === "within" ? "" : ` ${state.toUpperCase()}`}`,
    remark,
  ]);
  const paint = (text: string, row: number, column: number): string => {
    const style = column === 4 ? paintOf[lines[row]?.state ?? "within"] : null;
    return style === null ? text : screen.style(style, text);
  };
  return [renderTable(columns, rows, screen, paint), ...sources(lines)].join("\n");
}

function costs({ costs: { lines, usdPerMonth } }: Plan, screen: Screen): string {
  if (lines.length === 0) return "  none: this target charges nothing";
  const columns: TableColumn[] = [
    { title: "component" },
    { title: "item" },
    { title: "basis" },
    { title: "USD", align: "right" },
  ];
  const rows = [
    ...lines.map(({ component, item, basis, usdPerMonth: usd }) => [component, item, basis, usd.toFixed(2)]),
    [
      "",
      "sum",
      "without free tiers, taxes, discounts, transfer, what queries read and programs ask",
      usdPerMonth.toFixed(2),
    ],
  ];
  return [renderTable(columns, rows, screen), ...sources(lines)].join("\n");
}

/** Each source once. */
const sources = (lines: readonly { readonly source: string }[]): string[] =>
  [...new Set(lines.map(({ source }) => source))].map((source) => `  ${source}`);

const loadOf = ({ load }: Plan): string =>
  `${counted(load.devices, "device")} × ${figure(load.messagesPerHour)} messages an hour × ${counted(load.payloadBytes, "byte")}`;

const section = (title: string, body: string, screen: Screen): string =>
  `${screen.style("heading", title)}\n${body}`;

const figure = (value: number): string =>
  value.toLocaleString("en-US", value < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 });
const share = (used: number): string =>
  used === 0 ? "0 %" : used < 0.001 ? "< 0.1 %" : `${figure(Math.round(used * 1_000) / 10)} %`;

/** `aws:s3/bucket:Bucket` → `aws s3`; `azure-native:storage:StorageAccount` → `azure-native storage`; `tls:index/…` → `tls`. */
function serviceOf(type: string): string {
  const [provider = "", module = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  return service === "index" || service === "" ? provider : `${provider} ${service}`;
}
const kindsOf = (resources: readonly { readonly type: string }[]): string[] =>
  [...grouped(resources, ({ type }) => type.split(":").at(-1) ?? type)].map(([kind, { length }]) =>
    length === 1 ? kind : `${kind} ×${length}`,
  );

/** Kinds of resources in lines that leave room for the other columns. */
function wrapped(kinds: readonly string[], width = 70): string[] {
  const lines: string[] = [];
  for (const kind of kinds) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + kind.length + 2 <= width) lines.splice(-1, 1, `${last}, ${kind}`);
    else lines.push(kind);
  }
  return lines;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
