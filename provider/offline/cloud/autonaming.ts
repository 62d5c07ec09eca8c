/** Makes physical names where the program gives none, as Pulumi's providers do. */

import type { Autonaming } from "../shared/service.ts";
import type { Finding } from "./check/findings.ts";
import { hexOf, nameOfUrn } from "./identity.ts";

/** How a cloud's names are made. */
export interface NamePattern {
  /** The property that holds the name. */
  readonly property: string;
  /** Between the resource's name in the program and the random part. */
  readonly separator: string;
  /** Hex digits of the random part; 0: the name is taken over as it is. */
  readonly digits: number;
  /** The most characters the cloud allows; absent: no limit is known. */
  readonly longest?: number;
  /** Adapts the name, for example to small letters. */
  readonly adapt?: (name: string) => string;
}

/** A made name, or why there can be none. */
export type MadeName = { readonly name: string } | { readonly finding: Finding } | undefined;

/**
 * Makes the names of one run. The random part follows from the URN, so that a preview shows the name that `up` gives;
 * a resource that replaces another gets another name.
 */
export class Namer {
  /** The names of existing resources that this run has met, by URN. */
  readonly #existing = new Map<string, string>();

  /** Takes note of the name that an existing resource keeps. */
  meet(urn: string, name: string): void {
    this.#existing.set(urn, name);
  }

  /** Makes a name for a new resource; undefined where names must not be made. */
  make(urn: string, pattern: NamePattern, autonaming?: Autonaming): MadeName {
    if (autonaming?.mode === "disable") return undefined;
    if (autonaming?.mode === "enforce") return { name: autonaming.proposedName };
    const { adapt = (name: string) => name } = pattern;
    const name =
      autonaming === undefined ? adapt(this.#composed(urn, pattern)) : adapt(autonaming.proposedName);
    if (pattern.longest === undefined || name.length <= pattern.longest) return { name };
    const reason =
      `the name made for it, "${name}", has ${name.length} characters, allowed are ${pattern.longest}: ` +
      "give the resource a shorter name, or set this property";
    return { finding: { path: pattern.property, reason } };
  }

  #composed(urn: string, { separator, digits }: NamePattern): string {
    const base = nameOfUrn(urn);
    if (digits === 0) return base;
    return `${base}${separator}${hexOf(digits, urn, this.#existing.get(urn) ?? "")}`;
  }
}
