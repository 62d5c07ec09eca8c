import { azureService, pause, refusal, type AzureService, type ServiceOptions } from "../azure/service.ts";
import { changed, unchanged, type LocalResource } from "../resource.ts";

interface WebhookAdmissionInputs {
  /** Id of the Event Grid namespace. */
  readonly namespace: string;
  /** Resource Manager's host of the cloud, for example `management.azure.com`. */
  readonly management: string;
  /** What the broker asks at each connect. */
  readonly url: string;
  /** Whom the broker's token is for: the application id URI behind the webhook. */
  readonly audience: string;
  readonly tenantId: string;
  /** Id of the user-assigned identity that the broker asks as. */
  readonly identity: string;
  /** Of the namespace's other settings: it is set again when these are, because the stable API does not know it. */
  readonly revision: string;
}

interface Namespace {
  readonly properties?: {
    readonly provisioningState?: string;
    readonly topicSpacesConfiguration?: Readonly<Record<string, unknown>> & {
      readonly clientAuthentication?: Readonly<Record<string, unknown>> & {
        readonly webhookAuthentication?: Webhook | null;
      };
    };
  };
}

type Webhook = ReturnType<typeof asked>;

/** The first that is not the newest of those that have `webhookAuthentication` (Azure/bicep-types-az, microsoft.eventgrid). */
const apiVersion = "2025-07-15-preview";
/** Half an hour, with {@link waitMs}: how long a namespace may take to change. */
const attempts = 360;
const waitMs = 5_000;

const managementHosts = /^management\.(azure\.com|usgovcloudapi\.net|chinacloudapi\.cn)$/;

/**
 * Custom webhook authentication of Event Grid's MQTT broker: the one setting of the namespace that only preview versions
 * of the API have. The namespace itself stays a resource of the stable one, which every policy reads.
 */
export const webhookAdmission = (
  options: ServiceOptions & { readonly wait?: number } = {},
): LocalResource<WebhookAdmissionInputs> => {
  const of = ({ management }: WebhookAdmissionInputs) =>
    azureService(`https://${management}/.default`, options);

  const set = async (inputs: WebhookAdmissionInputs, webhook: Webhook | null): Promise<void> => {
    const service = of(inputs);
    const there = await get(service, inputs);
    if (there === null) {
      if (webhook === null) return;
      throw new Error(`webhook admission: there is no namespace ${inputs.namespace}`);
    }
    // Whole, so that nothing else is changed whether Azure merges or replaces it; the host name is Azure's.
    const { hostname: _, clientAuthentication, ...kept } = there.properties?.topicSpacesConfiguration ?? {};
    const topicSpacesConfiguration = {
      ...kept,
      clientAuthentication: { ...clientAuthentication, webhookAuthentication: webhook },
    };
    const answer = await service({
      method: "PATCH",
      url: urlOf(inputs),
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ properties: { topicSpacesConfiguration } }),
    });
    if (!answer.ok) throw await refusal(`webhook admission of ${inputs.namespace} was not set`, answer);
    await answer.body?.cancel();
    await settled(service, inputs, options.wait ?? waitMs);
  };

  return {
    check: ({ management, namespace, url }) => [
      ...(managementHosts.test(management)
        ? []
        : [
            {
              property: "management",
              reason: `received "${management}"; allowed: a Resource Manager of Azure`,
            },
          ]),
      ...(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.EventGrid\/namespaces\/[^/]+$/i.test(
        namespace,
      )
        ? []
        : [
            {
              property: "namespace",
              reason: `received "${namespace}"; allowed: the id of an Event Grid namespace`,
            },
          ]),
      ...(/^https:\/\/[^/]+/.test(url)
        ? []
        : [{ property: "url", reason: `received "${url}"; allowed: an https address` }]),
    ],
    async create(_name, inputs) {
      await set(inputs, asked(inputs));
      return { id: `${inputs.namespace}/webhookAuthentication`, outputs: {} };
    },
    diff(_id, olds, news) {
      if (olds.namespace !== news.namespace)
        return Promise.resolve({ changes: true, replaces: ["namespace"] });
      const names = ["management", "url", "audience", "tenantId", "identity", "revision"] as const;
      return Promise.resolve(names.every((name) => olds[name] === news[name]) ? unchanged : changed);
    },
    async update(_id, _olds, news) {
      await set(news, asked(news));
      return {};
    },
    async read(_id, state) {
      const there = await get(of(state), state);
      const webhook =
        there?.properties?.topicSpacesConfiguration?.clientAuthentication?.webhookAuthentication;
      if (webhook === undefined || webhook === null) return null;
      return {
        url: webhook.endpointUrl,
        audience: webhook.azureActiveDirectoryApplicationIdOrUri,
        tenantId: webhook.azureActiveDirectoryTenantId,
        identity: webhook.identity.userAssignedIdentity,
      };
    },
    delete: (_id, state) => set(state, null),
  };
};

const asked = ({ url, audience, tenantId, identity }: WebhookAdmissionInputs) => ({
  identity: { type: "UserAssigned", userAssignedIdentity: identity },
  endpointUrl: url,
  azureActiveDirectoryApplicationIdOrUri: audience,
  azureActiveDirectoryTenantId: tenantId,
});

const urlOf = ({ management, namespace }: WebhookAdmissionInputs): string =>
  `https://${management}${namespace}?api-version=${apiVersion}`;

/** Null where there is no such namespace. */
async function get(service: AzureService, inputs: WebhookAdmissionInputs): Promise<Namespace | null> {
  const answer = await service({ method: "GET", url: urlOf(inputs) });
  if (answer.status === 404) {
    await answer.body?.cancel();
    return null;
  }
  if (!answer.ok) throw await refusal(`the namespace ${inputs.namespace} can't be read`, answer);
  return (await answer.json()) as Namespace;
}

/** Azure says yes before it is done. */
async function settled(service: AzureService, inputs: WebhookAdmissionInputs, wait: number): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const state = (await get(service, inputs))?.properties?.provisioningState ?? "Succeeded";
    if (state === "Succeeded") return;
    if (/^(Failed|Canceled|UpdatedFailed|Deleted)/.test(state)) {
      throw new Error(`webhook admission: the namespace ${inputs.namespace} is ${state} after the change`);
    }
    await pause(wait);
  }
  throw new Error(
    `webhook admission: the namespace ${inputs.namespace} is still changing; run pulumi up again`,
  );
}
