import type { CustomResourceOptions } from "@pulumi/pulumi";

/** In the same place of the tree, and neither protected nor kept: what stands around a stateful resource. */
export const beside = ({ parent }: CustomResourceOptions): CustomResourceOptions =>
  parent === undefined ? {} : { parent };
