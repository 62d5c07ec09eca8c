/** DuckDB's name of a type, short where there is a short one. Pure: no document. */
export const typeText = (type: string): string =>
  type === "TIMESTAMP WITH TIME ZONE" ? "timestamptz" : type.toLowerCase();
