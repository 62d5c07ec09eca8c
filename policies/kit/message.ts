/** What a person reads of a finding. */
import type { Finding } from "./rule.ts";
import type { StaleException } from "./judge.ts";
import type { Check } from "./verdict.ts";

export function messageOf({ rule, resource, checks }: Finding): string {
  const wrong = checks.filter(({ outcome }) => outcome === "fail");
  return (
    `${resource.name}: ${wrong.map(described).join("; ")}. ${rule.why} ` +
    `Fix: ${rule.fix} [${rule.id}; ${rule.controls.join(", ")}]`
  );
}

const described = ({ property, found, allowed }: Check): string =>
  `${property === "" ? "the resource" : property} is ${found}${allowed === undefined ? "" : ` (allowed: ${allowed})`}`;

export function undeterminedMessage({ rule, resource, checks }: Finding): string {
  const open = checks.filter(({ outcome }) => outcome === "undetermined").map(({ property }) => property);
  return `${resource.name}: ${[...new Set(open)].join(", ")} is not known before the update; judged again then [${rule.id}]`;
}

export function exceptionMessage({ rule, resource, exception }: Finding): string {
  const until = exception?.expires === undefined ? "" : `, until ${exception.expires}`;
  return `${resource.name}: not supported here${until}: ${exception?.reason ?? ""}. Compensating control: ${exception?.compensatingControl ?? ""} [${rule.id}]`;
}

export function staleMessage({ exception, state }: StaleException): string {
  const { rule, resource, expires } = exception;
  return state === "expired"
    ? `the exception from ${rule} for "${resource}" expired on ${expires}: follow the rule, or have the exception reviewed and its date moved`
    : `the exception from ${rule} for "${resource}" is not needed by any resource: remove it`;
}
