/** Which lake a blob container or account belongs to. */
import { ancestorOf } from "../../../../kit/ancestors.ts";
import type { Context } from "../../../../kit/context.ts";
import type { View } from "../../../../kit/view.ts";

export const lakeType = "fieldlake:azure:EncryptedLake";
export const lakeOf = (view: View, context: Context): View | null => ancestorOf(view, context, lakeType);
export const accountType = "azure-native:storage:StorageAccount";
/** A service of an account with directories, which keeps no versions. */
export const hasDirectories = (view: View, context: Context): boolean =>
  context.graph
    .referred(view.resource, "accountName", [accountType])
    .found.some(({ inputs }) => inputs["isHnsEnabled"] === true);
/** Directories, for which an account gives up versions: the lake's own exceptions say so. */
export const isHierarchical = (view: View, context: Context): boolean =>
  lakeOf(view, context)?.value("hierarchicalNamespace") === true;

export const workspaceType = "azure-native:synapse:Workspace";
/** Of an account with directories that a Synapse workspace wants for its own: it keeps none of the lake's data. */
export const isOfWorkspace = (service: View, { graph }: Context): boolean =>
  graph
    .referred(service.resource, "accountName", [accountType])
    .found.some(
      (owner) =>
        owner.inputs["isHnsEnabled"] === true &&
        graph.referring(owner, [workspaceType], "defaultDataLakeStorage.resourceId").found.length > 0,
    );
