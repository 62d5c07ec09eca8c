import type { Input, Output } from "@pulumi/pulumi";
import type { CommonArgs, CommonOutputs } from "./common.ts";
import type { RegistryPlace } from "./registry-place.ts";
import type { FunctionBundle } from "./stream-processor.ts";

/** Device ids are certificate CN, MQTT client id, thing name and registration id at once (the intersection of their rules). */
export { deviceIdPattern } from "../../functions/core/envelope.ts";

/**
 * The most devices a stack may pin. Every further device is data of the issuer, not a resource:
 * one device costs 10.6 kB of state, and the state must not grow with the fleet.
 */
export const maxPinnedDevices = 20;

/** A root and intermediate made for this stack by @pulumi/tls; their keys are encrypted secrets of its state. For development. */
export interface DevelopmentAuthority {
  readonly kind: "development";
  /** Days. */
  readonly rootDays: number;
  /** Days; at most `rootDays`. */
  readonly intermediateDays: number;
}

/** An intermediate of yours that signs this environment's devices. */
export interface OwnAuthority {
  readonly kind: "own";
  /** PEM of the root that devices and servers are to trust. */
  readonly rootCertificate: Input<string>;
  /** PEM; CA:true, signed by the root. */
  readonly intermediateCertificate: Input<string>;
  /** PEM; pass it as a secret. */
  readonly intermediateKey: Input<string>;
}

export interface PinnedDevice {
  /** Matches {@link deviceIdPattern}. */
  readonly id: string;
  /** Name of the device profile that decodes it, shown in the fleet; null where bindings decide. */
  readonly profile: string | null;
}

export interface DeviceFleetArgs extends CommonArgs {
  readonly authority: DevelopmentAuthority | OwnAuthority;
  /** Days a device certificate lives: 7 to 397. */
  readonly certificateDays: number;
  /**
   * `on-first-connect`: a valid certificate of the authority admits its device.
   * `registered`: only devices in the registry are admitted.
   */
  readonly enrolment: "on-first-connect" | "registered";
  /** At most {@link maxPinnedDevices}; each gets a key and certificate in this stack. */
  readonly pinned: readonly PinnedDevice[];
  /** Device ids whose certificates of this stack are revoked, and serial numbers (hex) of any others. */
  readonly revoked: readonly string[];
  readonly functions: FleetFunctions;
}

/**
 * Functions for devices that come over the wire, where the target runs functions and its settings ask for them.
 * `enrol`: certificates by EST. `admission`: whether a certificate may connect. `claimSigner`, `claimHook`: certificates for
 * devices that come with a claim, and whether these become devices.
 */
export type FleetFunctions = Readonly<
  Partial<Record<"enrol" | "admission" | "claimSigner" | "claimHook", FunctionBundle>>
>;

export interface DeviceCredential {
  readonly profile: string | null;
  /** PEM chain: device, intermediate. */
  readonly certificate: string;
  /** PEM; a secret. */
  readonly privateKey: string;
}

/** Who may sign for the fleet, as SecureIngest needs it. */
export interface FleetIssuer {
  /** PEM of the intermediate. */
  readonly certificate: string;
  /** PEM of the server certificate's chain that devices meet at the broker. Empty where the target's broker brings its own. */
  readonly serverCertificate: string;
  /** PEM; a secret. Empty where the target's broker brings its own certificate. */
  readonly serverKey: string;
}

/** Who signs the devices that are no resources; the command line issues, renews and revokes in its name. */
export interface FleetAuthority {
  readonly environment: string;
  readonly certificateDays: number;
  /** PEM of the intermediate that signs. */
  readonly certificate: string;
  /** PEM; a secret. */
  readonly key: string;
  /** PEM of the root, and its key where it was made for this stack: what a rollover signs the next intermediate with. */
  readonly root: { readonly certificate: string; readonly key: string | null };
  readonly registry: RegistryPlace;
}

export interface DeviceFleetOutputs extends CommonOutputs {
  /** PEM, one root or more: what a device must trust to talk to this environment. */
  readonly trustBundle: Output<string>;
  readonly issuer: Output<FleetIssuer>;
  readonly enrolment: Output<"on-first-connect" | "registered">;
  /** A secret as a whole. */
  readonly authority: Output<FleetAuthority>;
  /** By device id; the keys are secrets. */
  readonly pinned: Output<Record<string, DeviceCredential>>;
}
