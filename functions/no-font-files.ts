/**
 * In the place of fontkit in a bundle that writes PDF: reports are in the fonts that every reader has (ISO 32000-1, 9.6.2.2),
 * and what reads font files is half of what pdfkit brings.
 */
export function create(): never {
  throw new Error("this bundle reads no font files; allowed: the standard fonts of PDF");
}
