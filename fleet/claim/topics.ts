/**
 * What a device says to AWS IoT Core to be provisioned by claim, and what it hears (AWS IoT developer guide, "Device
 * provisioning MQTT API"): the stack writes it into policies, devices follow it.
 */

/** No id of a device has a dot in it: whoever has a claim's key takes no device's place at the broker. */
export const claimClientPrefix = "claim.";

export const createTopic = "$aws/certificates/create-from-csr/json";
export const provisionTopic = (template: string): string =>
  `$aws/provisioning-templates/${template}/provision/json`;
export const answersTo = (topic: string): readonly [accepted: string, rejected: string] => [
  `${topic}/accepted`,
  `${topic}/rejected`,
];

/** The template's parameter that names the thing. */
export const deviceParameter = "DeviceId";
