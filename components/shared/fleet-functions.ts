import { ResourceError, type Resource } from "@pulumi/pulumi";
import type { DeviceFleetArgs, FleetFunctions } from "../contracts/device-fleet.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";

/** The bundle of a function that the settings ask for. Throws ResourceError where there is none. */
export function fleetFunction(
  role: keyof FleetFunctions,
  { functions }: Pick<DeviceFleetArgs, "functions">,
  resource: Resource,
): FunctionBundle {
  const bundle = functions[role];
  if (bundle !== undefined) return bundle;
  throw new ResourceError(
    `functions.${role}: received nothing; allowed: a bundle of functions/build.ts`,
    resource,
  );
}
