/** The secret of a webhook as the Standard Webhooks specification writes it: `whsec_`, then the key's bytes in base64. */
const prefix = "whsec_";

/** @param key 24 to 64 bytes, as the specification has it */
export const webhookSecret = (key: Uint8Array): string => `${prefix}${Buffer.from(key).toString("base64")}`;

/** The bytes that sign. */
export const keyOfSecret = (secret: string): Buffer => Buffer.from(secret.slice(prefix.length), "base64");
