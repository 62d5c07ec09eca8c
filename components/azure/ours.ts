import { ResourceError, type Resource } from "@pulumi/pulumi";

/**
 * The component of this target behind a contract: Azure parts are wired by more than the contract says (accounts,
 * hubs, identities). Throws where an argument is another target's, or a stand-in.
 */
export function ours<Component>(
  argument: string,
  value: unknown,
  component: abstract new (...args: never[]) => Component,
  resource: Resource,
): Component {
  if (value instanceof component) return value;
  throw new ResourceError(
    `${argument}: received a component of another target; allowed: the ${component.name} of this platform`,
    resource,
    true,
  );
}
