import type { CostLine } from "../contracts/outlook.ts";
import type { ListPrice } from "./list-prices.ts";

/** What a month takes of one price. */
export interface Use {
  readonly component: string;
  /** What is charged, for example `messages`. */
  readonly item: string;
  readonly price: ListPrice;
  /** Of the price's unit, a month. */
  readonly quantity: number;
}

/** A use, priced; to the cent. */
export function costLine({ component, item, price, quantity }: Use): CostLine {
  return {
    component,
    item,
    basis: `${rounded(quantity)} × ${price.usd} USD per ${price.unit}`,
    usdPerMonth: Math.round(quantity * price.usd * 100) / 100,
    source: `${price.page}, ${price.region}; seen: ${price.seen}`,
  };
}

const rounded = (quantity: number): string =>
  quantity >= 100 ? quantity.toFixed(0) : quantity >= 1 ? quantity.toFixed(2) : quantity.toPrecision(2);
