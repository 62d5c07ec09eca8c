/** Ranges of a private network's parts, a sixteenth each: one for endpoints, the others for functions, an app each. */
export interface SubnetRanges {
  readonly endpoints: string;
  /** Flex Consumption wants a /27 or larger for each app; in a /20 these are /24. */
  readonly functions: readonly string[];
}

const parts = 16;
const bitsOfParts = Math.log2(parts);

/** @param addressSpace `a.b.c.d/n`, n from 16 to 22. Throws an Error for a range that is none, or not at its boundary. */
export function subnetRanges(addressSpace: string): SubnetRanges {
  const [base = "", length = ""] = addressSpace.split("/");
  const bits = Number(length);
  const octets = base.split(".").map(Number);
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - bits);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255)) || start % size !== 0) {
    throw new Error(
      `azure.addressSpace: received "${addressSpace}"; allowed: an address range that begins at its boundary, like 10.72.0.0/20`,
    );
  }
  const range = (index: number): string => dotted(start + (size / parts) * index, bits + bitsOfParts);
  return {
    endpoints: range(0),
    functions: Array.from({ length: parts - 1 }, (_, index) => range(index + 1)),
  };
}

const dotted = (address: number, bits: number): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${bits}`;
