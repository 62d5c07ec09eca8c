import type {
  CheckFailure,
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  ReadResult,
  UpdateResult,
} from "@pulumi/pulumi/provider/index.js";
import { deviceRegistry } from "./resources/device-registry.ts";
import { enrolmentGroup } from "./resources/enrolment-group.ts";
import { functionCode } from "./resources/function-code.ts";
import { keyring } from "./resources/keyring.ts";
import { siteModule } from "./resources/site-module.ts";
import { site } from "./resources/site.ts";
import { webhookAdmission } from "./resources/webhook-admission.ts";
import { writeOnce } from "./resources/write-once.ts";
import type { LocalResource } from "./resource.ts";
import { hasUnknown, unwrapped } from "./values.ts";

type Bag = Record<string, unknown>;

const resources: Readonly<Record<string, LocalResource<never>>> = {
  "fieldlake:local:Keyring": keyring,
  "fieldlake:local:Site": site,
  "fieldlake:local:Lake": siteModule("lake"),
  "fieldlake:local:Decoder": siteModule("decoder"),
  "fieldlake:local:DeviceRegistry": deviceRegistry,
  "fieldlake:local:Broker": siteModule("broker"),
  "fieldlake:local:Enrolment": siteModule("enrolment"),
  "fieldlake:local:Drops": siteModule("drops"),
  "fieldlake:local:Scoring": siteModule("scoring"),
  "fieldlake:local:Alarms": siteModule("alarms"),
  "fieldlake:local:Insights": siteModule("insights"),
  "fieldlake:local:Reports": siteModule("reports"),
  "fieldlake:local:Console": siteModule("console"),
  "fieldlake:azure:FunctionCode": functionCode(),
  "fieldlake:azure:EnrolmentGroup": enrolmentGroup(),
  "fieldlake:azure:WriteOnce": writeOnce(),
  "fieldlake:azure:WebhookAdmission": webhookAdmission(),
};

/** What no cloud provider offers: the local platform's key files, process, registry and modules; Azure's data planes. */
export class FieldlakeProvider implements Provider {
  readonly version = "0.1.0";

  async check(urn: string, olds: Bag, news: Bag): Promise<CheckResult> {
    const before = Object.keys(olds).length === 0 ? null : unwrapped<never>(olds);
    const failures: CheckFailure[] = hasUnknown(news)
      ? []
      : resourceOf(urn).check(unwrapped<never>(news), before);
    return { inputs: news, failures };
  }

  async diff(id: string, urn: string, olds: Bag, news: Bag): Promise<DiffResult> {
    if (hasUnknown(news)) return { changes: true };
    const { changes, replaces, deleteBeforeReplace } = await resourceOf(urn).diff(
      id,
      unwrapped<never>(olds),
      unwrapped<never>(news),
    );
    return { changes, replaces: replaces ?? [], deleteBeforeReplace: deleteBeforeReplace ?? false };
  }

  async create(urn: string, inputs: Bag): Promise<CreateResult> {
    const { id, outputs } = await resourceOf(urn).create(nameOf(urn), unwrapped<never>(inputs));
    return { id, outs: { ...inputs, ...outputs } };
  }

  async update(id: string, urn: string, olds: Bag, news: Bag): Promise<UpdateResult> {
    const outputs = await resourceOf(urn).update(id, unwrapped<never>(olds), unwrapped<never>(news));
    return { outs: { ...news, ...outputs } };
  }

  async read(id: string, urn: string, state: Bag = {}): Promise<ReadResult> {
    const outputs = await resourceOf(urn).read(id, unwrapped<never>(state));
    return outputs === null ? { id: "", props: {} } : { id, props: { ...state, ...outputs } };
  }

  async delete(id: string, urn: string, state: Bag): Promise<void> {
    await resourceOf(urn).delete(id, unwrapped<never>(state));
  }
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
function resourceOf(urn: string): LocalResource<never> {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = resources[type];
  if (resource === undefined) {
    throw new Error(
      `the fieldlake provider has no resource ${type}; it has ${Object.keys(resources).join(", ")}`,
    );
  }
  return resource;
}

const nameOf = (urn: string): string => urn.split("::")[3] ?? urn;
