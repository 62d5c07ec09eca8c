/** Publishing passwords of an app are off: they are on where nothing is said. */
import { all, hasCompanion, holds } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const ftp = "azure-native:web:WebAppFtpAllowed";
const scm = "azure-native:web:WebAppScmAllowed";
const isOff = holds("allow", (value) => value === false, "false");

export const azureAppPasswordRules: readonly Rule[] = [
  {
    id: "azure-app-require-passwords-off",
    theme: "least-privilege",
    description: "Publishing by password is turned off for an app, over FTP and over the deployment site",
    severity: "high",
    types: ["azure-native:web:WebApp"],
    reads: [ftp, scm],
    controls: ["871b205b", "aede300b", "MCSB IM-1"],
    why: "Publishing passwords are shared and never end; they work until both are turned off.",
    fix: "add an azure-native.web.WebAppFtpAllowed and a WebAppScmAllowed with the app's name and allow: false",
    // Of others' apps only where one of the two is there: the other was forgotten.
    concerns: (view, context) =>
      isOurs(view, context) || context.graph.referring(view.resource, [ftp, scm], "name").found.length > 0,
    check: all(
      hasCompanion([ftp], "name", "a WebAppFtpAllowed", isOff),
      hasCompanion([scm], "name", "a WebAppScmAllowed", isOff),
    ),
    example: { violation: "no WebAppScmAllowed", fixed: "name: app.name, allow: false" },
  },
];
