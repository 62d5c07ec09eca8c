/**
 * Regions in which Azure offers what the platform is made of. All are in the list of Event Grid's MQTT broker ("What is
 * Azure Event Grid", Supported regions, read 2026-11). Which of them have Functions on Flex Consumption Microsoft writes
 * down nowhere but in the answer of `az functionapp list-flexconsumption-locations`: where this list is behind that
 * answer, extend it here. All but canadaeast, israelcentral, japanwest, mexicocentral, polandcentral and switzerlandnorth
 * are in the list of regions that Microsoft's own samples allow (Azure-Samples' functions-quickstart templates,
 * infra/main.bicep, read 2026-11): for these six, look at that answer before the first `up`.
 */
export const locations = [
  "australiaeast",
  "australiasoutheast",
  "brazilsouth",
  "canadacentral",
  "canadaeast",
  "centralindia",
  "centralus",
  "eastasia",
  "eastus",
  "eastus2",
  "francecentral",
  "germanywestcentral",
  "israelcentral",
  "italynorth",
  "japaneast",
  "japanwest",
  "koreacentral",
  "mexicocentral",
  "northcentralus",
  "northeurope",
  "norwayeast",
  "polandcentral",
  "southafricanorth",
  "southcentralus",
  "southeastasia",
  "southindia",
  "spaincentral",
  "swedencentral",
  "switzerlandnorth",
  "uaenorth",
  "uksouth",
  "ukwest",
  "westeurope",
  "westus2",
  "westus3",
] as const;

/** Azure does not mind capitals and spaces: `West Europe` is `westeurope`. */
export const normalised = (location: string): string => location.toLowerCase().replaceAll(" ", "");

const offered = (location: string): boolean => locations.some((known) => known === normalised(location));

export function locationFaults(location: string | undefined, replica: string | undefined): string[] {
  const fault = (key: string, received: string | undefined): string =>
    `${key}: received ${received === undefined ? "nothing" : `"${received}"`}; allowed, where Event Grid's MQTT broker and Flex Consumption are offered: ${locations.join(", ")}`;
  return [
    ...(location !== undefined && offered(location) ? [] : [fault("azure-native:location", location)]),
    ...(replica === undefined || offered(replica) ? [] : [fault("fieldlake:azure.replicaLocation", replica)]),
    ...(replica !== undefined && location !== undefined && normalised(replica) === normalised(location)
      ? [
          `fieldlake:azure.replicaLocation: received "${replica}"; allowed: another region than azure-native:location, which is the same`,
        ]
      : []),
  ];
}
