/**
 * What a Parquet file may ask of whoever reads it. Everything in a file is a claim by whoever wrote it: sizes are checked
 * before they are believed, and encodings by which few bytes become any number are not read.
 */
import { parquetHeader } from "hyparquet/src/column.js";
import type { ColumnMetaData, FileMetaData, PageHeader, RowGroup, SchemaElement } from "hyparquet";

/** The file can't be read, or not within the limits. */
export class ParquetRefusal extends Error {
  override readonly name = "ParquetRefusal";
}

export const parquetLimits = {
  footerBytes: 16 << 20,
  columns: 1_000,
  /** Rows times columns of a row group: it is in memory as a whole. */
  groupCells: 1 << 24,
  /** Of a row group, as they are in the file. */
  groupBytes: 128 << 20,
  /** The same unpacked. */
  groupPlainBytes: 256 << 20,
  pageBytes: 64 << 20,
} as const;

/** Where values refer to those before them, each may be as long as all before it together. */
const unread: readonly (string | undefined)[] = ["DELTA_BYTE_ARRAY"];

/** Names of the columns, in their order. Throws {@link ParquetRefusal}. */
export function checkedColumns({ schema, row_groups: groups }: FileMetaData): readonly string[] {
  const [, ...columns] = schema;
  for (const { name, num_children: children, repetition_type: repetition } of columns)
    if (children !== undefined || repetition === "REPEATED")
      throw new ParquetRefusal(
        `the column ${JSON.stringify(name)} is nested; allowed: one value a row and column`,
      );
  if (columns.length === 0 || columns.length > parquetLimits.columns)
    throw new ParquetRefusal(`${columns.length} columns; allowed: 1 to ${parquetLimits.columns}`);
  const names = columns.map(({ name }) => name);
  for (const { columns: chunks } of groups) {
    if (chunks.length !== names.length)
      throw new ParquetRefusal(`a row group of ${chunks.length} columns in a file of ${names.length}`);
    // What is looked at here by its place, hyparquet finds by its path.
    chunks.forEach(({ meta_data: chunk }, at) => {
      if (chunk?.path_in_schema.length !== 1 || chunk.path_in_schema[0] !== names[at])
        throw new ParquetRefusal(`a row group without the column ${JSON.stringify(names[at])} in its place`);
    });
  }
  return names;
}

/** Bytes of the file that a row group takes. Throws {@link ParquetRefusal}. */
export function checkedGroup(
  group: RowGroup,
  fileBytes: number,
): { readonly start: number; readonly end: number } {
  const rows = Number(group.num_rows);
  const cells = rows * group.columns.length;
  if (!(rows >= 0 && cells <= parquetLimits.groupCells))
    throw new ParquetRefusal(
      `a row group of ${rows} rows and ${group.columns.length} columns; allowed: ` +
        `${parquetLimits.groupCells} values; write it with smaller row groups`,
    );
  let [start, end] = [fileBytes, 0];
  // Columns may claim the same bytes, and each is a copy of its own.
  let bytes = 0;
  for (const { meta_data: column } of group.columns) {
    const place = chunkPlace(column);
    if (!(place.start >= 4 && place.end >= place.start && place.end <= fileBytes))
      throw new ParquetRefusal(`a column's bytes are from ${place.start} to ${place.end} of ${fileBytes}`);
    start = Math.min(start, place.start);
    end = Math.max(end, place.end);
    bytes += place.end - place.start;
  }
  bytes = Math.max(bytes, end - start);
  if (bytes > parquetLimits.groupBytes)
    throw new ParquetRefusal(
      `a row group of ${bytes} bytes; allowed: ${parquetLimits.groupBytes}; write it with smaller row groups`,
    );
  return { start, end };
}

/** Looks at every page's head. Throws {@link ParquetRefusal}. */
export function checkPages(
  group: RowGroup,
  schema: readonly SchemaElement[],
  bytes: Uint8Array,
  start: number,
): void {
  const rows = Number(group.num_rows);
  let plain = 0;
  for (const { meta_data: column } of group.columns) {
    // By its name, as hyparquet finds it: of two that have the same one, the first.
    const width =
      schema.find(({ name }, at) => at > 0 && name === column?.path_in_schema[0])?.type_length ?? 0;
    const place = chunkPlace(column);
    const chunk = bytes.subarray(place.start - start, place.end - start);
    const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
    let values = 0;
    while (values < rows && reader.offset < chunk.length - 1) {
      const header = parquetHeader(reader);
      reader.offset += checkedPage(header, rows, width, chunk.length - reader.offset);
      plain += header.uncompressed_page_size;
      if (header.type !== "DICTIONARY_PAGE") values += headOf(header)?.num_values ?? 0;
    }
    if (values !== rows)
      throw new ParquetRefusal(`a column of ${values} values in a row group of ${rows} rows`);
    if (plain > parquetLimits.groupPlainBytes)
      throw new ParquetRefusal(
        `a row group of more than ${parquetLimits.groupPlainBytes} bytes unpacked; write it with smaller row groups`,
      );
  }
}

/** What hyparquet goes by: a page may have heads of other types beside. */
function headOf(header: PageHeader) {
  switch (header.type) {
    case "DATA_PAGE":
      return header.data_page_header;
    case "DATA_PAGE_V2":
      return header.data_page_header_v2;
    case "DICTIONARY_PAGE":
      return header.dictionary_page_header;
    default:
      throw new ParquetRefusal(`a page of the type ${header.type}`);
  }
}

/** Bytes of the page behind its head. */
function checkedPage(header: PageHeader, rows: number, width: number, left: number): number {
  const { compressed_page_size: packed, uncompressed_page_size: plain } = header;
  if (!(packed >= 0 && packed <= left && plain >= 0 && plain <= parquetLimits.pageBytes))
    throw new ParquetRefusal(
      `a page of ${packed} bytes, ${plain} unpacked, where ${left} are left; allowed: ${parquetLimits.pageBytes}`,
    );
  const head = headOf(header);
  if (head === undefined || !(head.num_values >= 0 && head.num_values <= rows))
    throw new ParquetRefusal(`a page of ${String(head?.num_values)} values in a row group of ${rows} rows`);
  if ("num_nulls" in head) {
    const levels = head.definition_levels_byte_length + head.repetition_levels_byte_length;
    if (!(head.num_nulls >= 0 && head.num_nulls <= head.num_values && levels >= 0 && levels <= packed))
      throw new ParquetRefusal(`a page of ${head.num_values} values has ${head.num_nulls} nulls`);
  }
  if (unread.includes(head.encoding))
    throw new ParquetRefusal(
      `the encoding ${head.encoding} is not read; write it with dictionaries or plain`,
    );
  if (head.encoding === "BYTE_STREAM_SPLIT" && !(width * head.num_values <= parquetLimits.pageBytes))
    throw new ParquetRefusal(
      `a page of ${head.num_values} values of ${width} bytes; allowed: ${parquetLimits.pageBytes} bytes`,
    );
  return packed;
}

function chunkPlace(column: ColumnMetaData | undefined): { readonly start: number; readonly end: number } {
  if (column === undefined) throw new ParquetRefusal("a column has no place in the file");
  const { data_page_offset: data, dictionary_page_offset: dictionary, total_compressed_size: size } = column;
  // As hyparquet has it, which must find what was looked at here: some writers put 0 where there is no dictionary.
  const start = Number(dictionary || data);
  return { start, end: start + Number(size) };
}
