import { ResourceError, type Resource } from "@pulumi/pulumi";

/**
 * The component of a target behind a contract: parts of a cloud are wired by more than the contract says (buckets, keys,
 * identities). Throws where an argument is another target's, or a stand-in.
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
