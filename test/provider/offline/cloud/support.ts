/** What the tests of the offline cloud providers share. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { awsRules } from "../../../../provider/offline/aws/rules.ts";
import { azureRules } from "../../../../provider/offline/azure-native/rules.ts";
import { CloudProvider } from "../../../../provider/offline/cloud/provider.ts";
import type { CloudRules } from "../../../../provider/offline/cloud/rules.ts";
import { SdkLibrary } from "../../../../provider/offline/cloud/sdk/library.ts";
import type { Autonaming, Checked, Difference } from "../../../../provider/offline/shared/service.ts";
import type { WireMap } from "../../../../provider/offline/shared/values.ts";

/** A folder for schemas that is removed when the file's tests are done. */
const cache = mkdtempSync(join(tmpdir(), "fieldlake-sdk-schemas-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** The SDKs; what the tests of one file read stays for the next test of it. */
export const libraries = {
  aws: new SdkLibrary("aws", cache),
  "azure-native": new SdkLibrary("azure-native", cache),
};

/** A provider under test, and what it has told the user. */
export interface ProviderUnderTest {
  readonly provider: CloudProvider;
  readonly told: string[];
}

const configured = async (
  rules: CloudRules,
  library: SdkLibrary,
  settings: WireMap,
): Promise<ProviderUnderTest> => {
  const told: string[] = [];
  const tell = (message: string, urn?: string): void => void told.push(urn ? `${message} [${urn}]` : message);
  const provider = new CloudProvider(rules, library, tell);
  await provider.configure(settings);
  told.length = 0;
  return { provider, told };
};

/** A configured provider for AWS. */
export const awsProvider = (settings: WireMap = {}): Promise<ProviderUnderTest> =>
  configured(awsRules({}), libraries.aws, { region: "eu-central-1", ...settings });

export const subscriptionId = "11111111-2222-4333-8444-555555555555";
export const tenantId = "99999999-8888-4777-8666-555555555555";

/** A configured provider for Azure. */
export const azureProvider = (settings: WireMap = {}): Promise<ProviderUnderTest> =>
  configured(azureRules({}), libraries["azure-native"], {
    subscriptionId,
    tenantId,
    location: "westeurope",
    ...settings,
  });

export const urnOf = (token: string, name: string): string =>
  `urn:pulumi:stack::project::my:index:Parent$${token}::${name}`;

/** One resource of a provider, as the engine would handle it. */
export class ResourceUnderTest {
  readonly #provider: CloudProvider;
  readonly #token: string;
  readonly #urn: string;

  constructor(provider: CloudProvider, token: string, name = "thing") {
    this.#provider = provider;
    this.#token = token;
    this.#urn = urnOf(token, name);
  }

  async check(news: WireMap, olds: WireMap = {}, autonaming?: Autonaming): Promise<Checked> {
    const call = { urn: this.#urn, olds, ...(autonaming ? { autonaming } : {}) };
    return this.#provider.check(this.#token, news, call);
  }

  async failures(news: WireMap): Promise<readonly string[]> {
    return (await this.check(news)).failures;
  }

  /** Checked inputs; fails the test if there is something wrong with them. */
  async inputs(news: WireMap, olds: WireMap = {}): Promise<WireMap> {
    const { inputs, failures } = await this.check(news, olds);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return inputs;
  }

  async create(news: WireMap): Promise<{ id: string; state: WireMap; inputs: WireMap }> {
    const inputs = await this.inputs(news);
    return {
      ...(await this.#provider.create(this.#token, inputs, false, { urn: this.#urn })),
      inputs,
    };
  }

  async preview(news: WireMap): Promise<WireMap> {
    const inputs = await this.inputs(news);
    return (await this.#provider.create(this.#token, inputs, true, { urn: this.#urn })).state;
  }

  /** What a change from one set of the program's inputs to another would do. */
  async diff(olds: WireMap, news: WireMap): Promise<Difference> {
    const oldInputs = await this.inputs(olds);
    const inputs = await this.inputs(news, oldInputs);
    return this.#provider.diff(this.#token, {}, inputs, { urn: this.#urn, oldInputs });
  }

  async update(olds: WireMap, news: WireMap, preview = false): Promise<WireMap> {
    const { state, inputs: oldInputs } = await this.create(olds);
    const inputs = await this.inputs(news, oldInputs);
    return this.#provider.update(this.#token, state, inputs, preview, { urn: this.#urn, oldInputs });
  }
}
