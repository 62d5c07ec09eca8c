/** Lambda that signs what devices with a claim ask AWS IoT Core for, in the name of the fleet's authority. */
import { claimSigner, type SignerOptions, type SigningEvent } from "../../fleet/claim/signer.ts";
import { awsClaims } from "../adapters/aws-enrolment.ts";
import { lazily } from "../adapters/lazily.ts";

/** What goes wrong IoT Core answers the device as a refusal; the log says why. */
export function createHandler(options: SignerOptions) {
  const sign = claimSigner(options);
  return async (event: SigningEvent) => {
    try {
      return await sign(event);
    } catch (error) {
      console.warn(JSON.stringify({ refused: (error as Error).message, claim: event.principalId }));
      throw error;
    }
  };
}

export const handler = lazily(() => {
  let handling: Promise<ReturnType<typeof createHandler>> | null = null;
  return async (event: SigningEvent) => {
    handling ??= awsClaims(process.env).then(createHandler);
    // A secret that can't be had now may be had by the next request.
    const handle = await handling.catch((error: unknown) => {
      handling = null;
      throw error;
    });
    return handle(event);
  };
});
