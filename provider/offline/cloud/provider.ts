/** A cloud's provider without the cloud: plans, checks and keeps states, and says so. */

import type {
  ChangeCall,
  CheckCall,
  Checked,
  Difference,
  ProviderService,
  Subject,
  Tell,
} from "../shared/service.ts";
import type { ValueMap, WireMap } from "../shared/values.ts";
import { fromWire, holdsUnknown, isWireSecret, mapFromWire, toWire, wireSecret } from "../shared/values.ts";
import { checkInputs } from "./check/check.ts";
import { findingLine, withoutSecrets } from "./check/findings.ts";
import { compareInputs } from "./diff.ts";
import { Outputs, previewSource } from "./outputs.ts";
import { plausibleValue } from "./plausible.ts";
import type { CloudRules, NewResource } from "./rules.ts";
import type { SdkLibrary } from "./sdk/library.ts";
import type { FunctionSchema, ResourceSchema } from "./sdk/schema.ts";
import { readSettings } from "./settings.ts";

export class CloudProvider implements ProviderService {
  readonly supportsAutonaming = true;
  readonly #rules: CloudRules;
  readonly #library: SdkLibrary;
  readonly #tell: Tell;

  constructor(rules: CloudRules, library: SdkLibrary, tell: Tell) {
    this.#rules = rules;
    this.#library = library;
    this.#tell = tell;
  }

  get version(): string {
    return this.#library.version;
  }

  packageSchema(): Record<string, unknown> {
    throw new Error(
      `the offline provider for ${this.#rules.package} has no package schema: what needs one (pulumi import, ` +
        "programs in YAML, pulumi package) needs the real plugin",
    );
  }

  async checkConfiguration(settings: WireMap): Promise<Checked> {
    const { findings } = readSettings(await this.#library.provider(), settings);
    const prefix = `${this.#rules.package}:`;
    return { inputs: settings, failures: findings.map((finding) => prefix + findingLine(finding)) };
  }

  async configure(given: WireMap): Promise<void> {
    const { cloud, package: name } = this.#rules;
    const { settings } = readSettings(await this.#library.provider(), given);
    const findings = withoutSecrets(this.#rules.configure(mapFromWire(settings)), settings);
    if (findings.length > 0) {
      throw new Error(findings.map((finding) => `${name}:${findingLine(finding)}`).join("\n"));
    }
    this.#tell(
      `${name} ${this.version} runs OFFLINE: ${cloud} is not asked, nothing is made there, and ids and addresses ` +
        "are made up. Inputs are checked against the SDK's types only.",
    );
  }

  async check(token: string, news: WireMap, call: CheckCall): Promise<Checked> {
    const schema = await this.#resource(token);
    const { inputs, findings } = this.#rules.withDefaults({ ...call, schema, inputs: news });
    const own = Object.entries(inputs).filter(([name]) => name in schema.inputs || name in news);
    const { failures, warnings } = checkInputs(
      schema,
      Object.fromEntries(own),
      this.#rules.corrected(schema),
    );
    const further =
      failures.length > 0
        ? []
        : withoutSecrets(this.#rules.checkFurther(schema, mapFromWire(inputs)), inputs);
    if (schema.deprecated) this.#tell(`${token} is deprecated: ${schema.deprecated}`, call.urn);
    for (const warning of warnings) this.#tell(findingLine(warning), call.urn);
    return { inputs, failures: [...findings, ...failures, ...further].map(findingLine) };
  }

  async diff(token: string, _: WireMap, news: WireMap, { oldInputs }: ChangeCall): Promise<Difference> {
    const schema = await this.#resource(token);
    const difference = compareInputs(
      schema,
      oldInputs,
      news,
      (path) => this.#rules.replaces(schema, path),
      (path, old, next) => this.#rules.equivalent(schema, path, old, next),
    );
    const deleteBeforeReplace =
      difference.replaces.length > 0 && this.#rules.deletesFirst(schema, oldInputs, news);
    return { ...difference, deleteBeforeReplace };
  }

  async create(
    token: string,
    news: WireMap,
    preview: boolean,
    { urn }: Subject,
  ): Promise<{ id: string; state: WireMap }> {
    const schema = await this.#resource(token);
    if (preview) return { id: "", state: this.#previewOf(schema).ofNew(news) };
    const resource = { urn, schema, inputs: decoded(news) };
    const { id, outputs } = this.#rules.identify(resource);
    return { id, state: marked(this.#outputsOf(resource, outputs, secretTexts(news)).ofNew(news)) };
  }

  async update(
    token: string,
    olds: WireMap,
    news: WireMap,
    preview: boolean,
    { urn, oldInputs }: ChangeCall,
  ): Promise<WireMap> {
    const schema = await this.#resource(token);
    if (preview) return this.#previewOf(schema).ofChanged(olds, oldInputs, news);
    this.#refuseReal(urn, olds, "changed");
    const resource = { urn, schema, inputs: decoded(news) };
    const { outputs } = this.#rules.identify(resource);
    return marked(this.#outputsOf(resource, outputs, secretTexts(news)).ofChanged(olds, oldInputs, news));
  }

  delete(token: string, id: string, olds: WireMap): void {
    this.#refuseReal(`${token} "${id}"`, olds, "removed");
  }

  /** The state is all there is: a refresh finds what it holds, and nothing else can be looked up. */
  async read(
    token: string,
    id: string,
    olds: WireMap,
    inputs: WireMap,
  ): Promise<{ id: string; state: WireMap; inputs: WireMap }> {
    if (Object.keys(olds).length > 0) return { id, state: olds, inputs };
    throw new Error(
      `${token} "${id}" can't be looked up: this is the offline provider for ${this.#rules.package}, and ` +
        `${this.#rules.cloud} was not asked. Use the real plugin, or take the values from the configuration`,
    );
  }

  async invoke(token: string, args: WireMap): Promise<{ result: WireMap; failures: readonly string[] }> {
    const { cloud, functions, package: name } = this.#rules;
    const schema = await this.#library.function(token);
    if (!schema) throw new Error(`the ${name} SDK ${this.version} has no function ${token}`);
    const known = functions.get(token);
    if (!known) {
      throw new Error(
        `${token} can't be answered: this is the offline provider for ${name}, and ${cloud} was not asked. ` +
          "Use the real plugin, or take the value from the configuration",
      );
    }
    const { failures } = checkInputs(schema, args);
    if (failures.length > 0) return { result: {}, failures: failures.map(findingLine) };
    const given = mapFromWire(args);
    if (holdsUnknown(given)) return { result: {}, failures: [] };
    if (known.madeUp) this.#tell(`${token} was answered without asking ${cloud}: ${known.madeUp}`);
    return { result: this.#resultOf(schema, { ...given, ...known.answer(given) }), failures: [] };
  }

  /** A resource that may exist in the cloud is planned for, and otherwise left alone. */
  #refuseReal(resource: string, state: WireMap, done: string): void {
    if (state[offlineMark] === true) return;
    throw new Error(
      `${resource} can't be ${done}: the offline provider for ${this.#rules.package} has not made it, so it may ` +
        `exist in ${this.#rules.cloud}. Use the real plugin`,
    );
  }

  /** What the function's result has beyond the answer is made up, so that it has the type the SDK declares. */
  #resultOf(schema: FunctionSchema, answer: ValueMap): WireMap {
    const results = { ...schema, kind: "resource" as const, secretOutputs: [] };
    const wire = toWire(answer) as WireMap;
    return new Outputs(results, {
      computed: (path, type, required) =>
        required ? plausibleValue(schema.token + JSON.stringify(wire), path, type) : undefined,
    }).ofNew(wire);
  }

  #previewOf(schema: ResourceSchema): Outputs {
    return new Outputs(schema, previewSource(this.#rules.optionalMayAppear));
  }

  #outputsOf(
    resource: NewResource,
    outputs: Readonly<Record<string, unknown>>,
    secrets: readonly string[],
  ): Outputs {
    return new Outputs(resource.schema, {
      computed: (path, type, required) => {
        if (path in outputs) return withoutTelling(outputs[path], secrets);
        if (!required) return undefined;
        return this.#rules.madeUp(resource, path) ?? plausibleValue(resource.urn, path, type);
      },
    });
  }

  async #resource(token: string): Promise<ResourceSchema> {
    const schema = await this.#library.resource(token);
    if (schema) return schema;
    throw new Error(
      `the ${this.#rules.package} SDK ${this.version} has no resource ${token}; the offline provider knows only ` +
        "what the installed SDK declares",
    );
  }
}

/** In the state of every resource that only an offline provider has made. */
const offlineMark = "__offline";

const marked = (state: WireMap): WireMap => ({ ...state, [offlineMark]: true });

/** Secret inputs that a name may be made of. */
const secretTexts = (inputs: WireMap): string[] =>
  Object.values(inputs).flatMap((value) => {
    const text = isWireSecret(value) ? value.value : undefined;
    return typeof text === "string" && text !== "" ? [text] : [];
  });

/** A computed value, secret if a secret stands in it. */
const withoutTelling = (value: unknown, secrets: readonly string[]): unknown =>
  typeof value === "string" && secrets.some((secret) => value.includes(secret)) ? wireSecret(value) : value;

/** Inputs at `up`, where nothing is unknown any more. */
const decoded = (inputs: WireMap): ValueMap => fromWire(inputs) as ValueMap;
