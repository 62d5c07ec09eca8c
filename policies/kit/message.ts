/** What a person reads of a finding. */
import type { Finding } from "./rule.ts";
import type { StaleException } from "./judge.ts";
import { notKnown, type Check } from "./verdict.ts";

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
  const open = checks.filter(({ outcome }) => outcome === "undetermined");
  const waiting = open.filter(({ found }) => found === notKnown);
  const properties = (of: readonly Check[]) => [...new Set(of.map(({ property }) => property))].join(", ");
  const told = open.filter((check) => !waiting.includes(check)).map(described);
  const parts = [
    ...(waiting.length === 0
      ? []
      : [`${properties(waiting)} is not known before the update; judged again then`]),
    ...(told.length === 0
      ? []
      : [`${[...new Set(told)].join("; ")}; judged where that shows (fieldlake evidence)`]),
  ];
  return `${resource.name}: ${parts.join("; ")} [${rule.id}]`;
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
