/** Statements for who has a claim: a way to a certificate of one's own, and to nothing that is a device's. */
import type { Statement } from "../../../../kit/statements.ts";

/** What devices' ids can't have: capitals, or a dot. `*` alone would let a claim take a device's place at the broker. */
const client = /^client\/[A-Za-z0-9_-]*[.A-Z][A-Za-z0-9_.-]*\*$/;
const asking = String.raw`\$aws\/(certificates\/create-from-csr|provisioning-templates\/[A-Za-z0-9_-]+\/provision)\/(json|cbor)`;
const answer = String.raw`${asking}\/(accepted|rejected)`;

/** By action; never `create/`, where AWS makes the key and the account's own authority signs. */
const allowed: Readonly<Record<string, RegExp>> = {
  "iot:connect": client,
  "iot:publish": new RegExp(`^topic/${asking}$`),
  "iot:subscribe": new RegExp(`^topicfilter/${answer}$`),
  "iot:receive": new RegExp(`^topic/${answer}$`),
};

export const isOfClaim = ({ actions, resources }: Statement): boolean =>
  resources.length > 0 &&
  actions.every((action) => {
    const pattern = allowed[action.toLowerCase()];
    return (
      pattern !== undefined &&
      resources.every((resource) => pattern.test(resource.split(":").slice(5).join(":")))
    );
  });
