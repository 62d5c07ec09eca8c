import { ComponentResource, type ComponentResourceOptions, type Inputs } from "@pulumi/pulumi";
import type { Target } from "../contracts/common.ts";

type Role = "SecureIngest" | "EncryptedLake" | "StreamProcessor" | "DeviceFleet" | "KnowledgeBase";

/**
 * What all components share: the type token `fieldlake:<target>:<Role>`, whose middle segment makes an accidental
 * change of target show as a replacement of the whole subtree, and the chosen args that policies and diffs see.
 * Never pass secrets or archives as `visible`.
 */
export abstract class FieldlakeComponent extends ComponentResource {
  constructor(target: Target, role: Role, name: string, visible: Inputs, opts?: ComponentResourceOptions) {
    super(`fieldlake:${target}:${role}`, name, visible, opts);
  }
}
