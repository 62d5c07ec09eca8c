import { azureService, refusal, type AzureService, type ServiceOptions } from "../azure/service.ts";
import { changed, unchanged, type Difference, type LocalResource } from "../resource.ts";

interface EnrolmentGroupInputs {
  /** Service endpoint of the provisioning service, `<name>.azure-devices-provisioning.net`. */
  readonly endpoint: string;
  readonly groupId: string;
  /** Name of the verified CA certificate in the provisioning service whose devices the group admits. */
  readonly certificate: string;
  /** Host name of the hub that they come to. */
  readonly hub: string;
  readonly enabled: boolean;
}

/** As the service knows it (learn.microsoft.com/rest/api/iot-dps/service/enrollment-group). */
interface Group {
  readonly enrollmentGroupId: string;
  readonly attestation: {
    readonly type: string;
    readonly x509?: { readonly caReferences?: { readonly primary?: string } };
  };
  readonly iotHubs?: readonly string[];
  readonly provisioningStatus?: string;
  readonly etag?: string;
}

const scope = "https://azure-devices-provisioning.net/.default";
const apiVersion = "2021-10-01";

/**
 * Devices that a certificate authority vouches for, let in on their first connection. Azure keeps it behind the
 * provisioning service itself, not behind Resource Manager, so that no cloud provider has it
 * (hashicorp/terraform-provider-azurerm#11101).
 */
export const enrolmentGroup = (options: ServiceOptions = {}): LocalResource<EnrolmentGroupInputs> => {
  const service = azureService(scope, options);
  return {
    check: ({ endpoint, groupId }) => [
      ...(/^[a-z0-9-]+\.azure-devices-provisioning\.[a-z]+$/i.test(endpoint)
        ? []
        : [
            {
              property: "endpoint",
              reason: `received "${endpoint}"; allowed: <name>.azure-devices-provisioning.net`,
            },
          ]),
      ...(/^[a-z0-9]([a-z0-9._:-]{0,126}[a-z0-9])?$/i.test(groupId)
        ? []
        : [
            {
              property: "groupId",
              reason: `received "${groupId}"; allowed: 1 to 128 of a-z A-Z 0-9 . _ : -, a letter or digit at both ends`,
            },
          ]),
    ],

    async create(_name, inputs) {
      // A create whose answer was lost comes again: what is there and the same is ours.
      const there = await get(service, inputs);
      if (there !== null && !isAsAsked(there, inputs)) {
        throw new Error(
          `the enrolment group ${inputs.groupId} of ${inputs.endpoint} is there already and another one: remove it, or choose another groupId`,
        );
      }
      const { etag } = there ?? (await put(service, inputs, null));
      return { id: `${inputs.endpoint}/${inputs.groupId}`, outputs: { etag } };
    },

    async diff(_id, olds, news): Promise<Difference> {
      const replaces = (["endpoint", "groupId"] as const).filter((name) => olds[name] !== news[name]);
      if (replaces.length > 0) return { changes: true, replaces };
      const same = (["certificate", "hub", "enabled"] as const).every((name) => olds[name] === news[name]);
      return same ? unchanged : changed;
    },

    async update(_id, olds, news) {
      const known = typeof olds["etag"] === "string" ? olds["etag"] : null;
      const answer = await attempt(service, news, known);
      if (answer.status !== 412) return { etag: (await taken(answer, news)).etag };
      await answer.body?.cancel();
      // Somebody changed it since: to what is asked, or to something that must not be overwritten unseen.
      const there = await get(service, news);
      if (there !== null && isAsAsked(there, news)) return { etag: there.etag };
      throw new Error(
        `the enrolment group ${news.groupId} was changed by somebody else (HTTP 412): run pulumi refresh to see how, then pulumi up`,
      );
    },

    async read(_id, state) {
      const there = await get(service, state);
      if (there === null) return null;
      const { attestation, iotHubs, provisioningStatus, etag } = there;
      return {
        certificate: attestation.x509?.caReferences?.primary ?? "",
        hub: iotHubs?.[0] ?? "",
        enabled: provisioningStatus !== "disabled",
        etag,
      };
    },

    async delete(_id, state) {
      const answer = await service({
        method: "DELETE",
        url: urlOf(state),
        headers: { "if-match": "*" },
      });
      if (!answer.ok && answer.status !== 404)
        throw await refusal(`the enrolment group ${state.groupId} was not removed`, answer);
      await answer.body?.cancel();
    },
  };
};

const urlOf = ({ endpoint, groupId }: EnrolmentGroupInputs): string =>
  `https://${endpoint}/enrollmentGroups/${encodeURIComponent(groupId)}?api-version=${apiVersion}`;

const asked = ({ groupId, certificate, hub, enabled }: EnrolmentGroupInputs): Group => ({
  enrollmentGroupId: groupId,
  attestation: { type: "x509", x509: { caReferences: { primary: certificate } } },
  iotHubs: [hub],
  provisioningStatus: enabled ? "enabled" : "disabled",
});

const isAsAsked = (there: Group, inputs: EnrolmentGroupInputs): boolean => {
  const { certificate, hub, enabled } = inputs;
  return (
    there.attestation.x509?.caReferences?.primary === certificate &&
    there.iotHubs?.[0] === hub &&
    (there.provisioningStatus !== "disabled") === enabled
  );
};

async function get(service: AzureService, inputs: EnrolmentGroupInputs): Promise<Group | null> {
  const answer = await service({ method: "GET", url: urlOf(inputs) });
  if (answer.status === 404) {
    await answer.body?.cancel();
    return null;
  }
  if (!answer.ok) throw await refusal(`the enrolment group ${inputs.groupId} can't be read`, answer);
  return (await answer.json()) as Group;
}

const attempt = (
  service: AzureService,
  inputs: EnrolmentGroupInputs,
  etag: string | null,
): Promise<Response> =>
  service({
    method: "PUT",
    url: urlOf(inputs),
    headers: { "content-type": "application/json", ...(etag === null ? {} : { "if-match": etag }) },
    body: JSON.stringify(asked(inputs)),
  });

async function taken(answer: Response, { groupId }: EnrolmentGroupInputs): Promise<Group> {
  if (!answer.ok) throw await refusal(`the enrolment group ${groupId} was not taken`, answer);
  return (await answer.json()) as Group;
}

const put = async (
  service: AzureService,
  inputs: EnrolmentGroupInputs,
  etag: string | null,
): Promise<Group> => taken(await attempt(service, inputs, etag), inputs);
