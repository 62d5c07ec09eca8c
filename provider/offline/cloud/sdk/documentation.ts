/** What an SDK says of a property only in its documentation comment. */

import type { PropertySchema } from "./schema.ts";

/** Facts of a comment. */
export type Documented = Pick<PropertySchema, "deprecated" | "replaces" | "documentedValues">;

/** Reads a documentation comment with its stars. */
export const readComment = (comment: string): Documented => {
  const text = plainText(comment);
  const [prose = "", deprecated] = text.split(/(?:^|\s)@deprecated\b/);
  const values = listedValues(prose);
  return {
    ...(deprecated === undefined ? {} : { deprecated: deprecated.trim() }),
    ...(saysReplacement(prose) ? { replaces: true as const } : {}),
    ...(values.length > 1 ? { documentedValues: values } : {}),
  };
};

const plainText = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/^[ \t]*\*[ \t]?/gm, "")
    .replace(/\s+/g, " ")
    .trim();

const replacementPhrases: readonly RegExp[] = [
  /\bforces? (?:a |the creation of a )?(?:new resource|replacement)\b/i,
  /\bchang(?:ing|es to) (?:this|it)\b.*\b(?:new resource|re-?creates?|recreation|re-?creation|replacement)\b/i,
  /\b(?:this|the) (?:property|field|value|setting|attribute|name)\b.*\b(?:is immutable|(?:cannot|can't|can not) be (?:changed|updated|modified))\b/i,
  /^(?:it )?(?:is immutable|(?:cannot|can't|can not) be (?:changed|updated|modified))\b.*\b(?:after|once)\b/i,
];

/** A sentence that binds the replacement to a condition says nothing of a change as such. */
const conditions = /\b(?:if|when|unless|without|except|other than|decreas\w*|until|while)\b/i;
const trivialConditions = /\b(?:if|when) (?:it is |the value is )?(?:changed|modified|updated)\b/gi;

const saysReplacement = (prose: string): boolean =>
  prose
    .split(/(?<=[.;)])\s+/)
    .some(
      (sentence) =>
        replacementPhrases.some((phrase) => phrase.test(sentence)) &&
        !conditions.test(sentence.replace(trivialConditions, "")),
    );

/** "Valid values are `a`, `b` and `c`." and its variants: nothing but values in backquotes up to the full stop. */
const valueList =
  /\b(?:valid|allowed|possible|supported|accepted|available) (?:values?|options?)(?: for this \w+)?(?: are| is| include|:)*:? ((?:(?:and|or|either|one of|only)? ?`[^`]+`(?: \([^)`]*\))?,? ?)+)(?=[.;]|$)/i;

const listedValues = (prose: string): string[] => {
  const [, list = ""] = valueList.exec(prose) ?? [];
  return [...list.matchAll(/`([^`]+)`/g)].flatMap(([, value]) => value ?? []);
};
