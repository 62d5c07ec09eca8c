/** Most plain bytes of a part of an upload. */
export const mostPartBytes = 4 << 20;
