/** Rights on blobs, narrowed to some of them: conditions of role assignments, in Azure's language of attributes. */

export const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** Of a right to change blobs: these actions only where the path is, or is not, like a pattern. */
const changesWhere = (
  actions: readonly string[],
  operator: "StringLike" | "StringNotLike",
  pattern: string,
): string =>
  `((${actions.map((action) => `!(ActionMatches{'${blobs}/${action}'})`).join(" AND ")}) OR ` +
  `(@Resource[${blobs}:path] ${operator} '${pattern}'))`;

/** A keeper's right for blobs below a folder only. */
export const changedBelow = (folder: string): string =>
  changesWhere(["write", "delete"], "StringLike", `${folder}/*`);

/** A remover's right for Parquet files only: records of what was merged stay. */
export const rowFilesOnly = changesWhere(["delete"], "StringLike", "*.parquet");

/** A remover's right for files only that came in the place of others: what a decoder wrote stays, and records. */
export const changedFilesOnly = changesWhere(["delete"], "StringLike", "*.changed.parquet");

/** An uploader's right for blobs below a folder only. */
export const writtenBelow = (folder: string): string =>
  changesWhere(["add/action", "write"], "StringLike", `${folder}/*`);

/** An adder's right for blobs below a folder only. */
export const addedBelow = (folder: string): string =>
  changesWhere(["add/action"], "StringLike", `${folder}/*`);

/** An adder's right for blobs anywhere but below a folder. */
export const addedBeside = (folder: string): string =>
  changesWhere(["add/action"], "StringNotLike", `${folder}/*`);

/**
 * A reader's right for blobs below a folder only, and for no list (learn.microsoft.com, "Example Azure role assignment
 * conditions for Blob Storage", "Read blobs with a path").
 */
export const belowPath = (folder: string): string =>
  `((!(ActionMatches{'${blobs}/read'})) OR ` +
  `(!(SubOperationMatches{'Blob.List'}) AND @Resource[${blobs}:path] StringLike '${folder}/*'))`;

/** A reader's right for lists, and for no blob (the same page, "Read or list blobs"). */
export const listsOnly = `((!(ActionMatches{'${blobs}/read'})) OR (SubOperationMatches{'Blob.List'}))`;

/** A reader's right for lists below a folder, and for no blob (the same page, "Read or list blobs with a path"). */
export const listsBelow = (folder: string): string =>
  `((!(ActionMatches{'${blobs}/read'})) OR ` +
  `(SubOperationMatches{'Blob.List'} AND @Request[${blobs}:prefix] StringStartsWith '${folder}/'))`;

/**
 * A reader's right for blobs below any of some folders, and for lists below these or others (the same page, "Read or list
 * blobs with a path").
 */
export const belowPaths = (folders: readonly string[], listed = folders): string => {
  const some = (of: readonly string[], attribute: string, operator: string, end: string): string =>
    of.map((folder) => `${attribute} ${operator} '${folder}/${end}'`).join(" OR ");
  return (
    `((!(ActionMatches{'${blobs}/read'} AND NOT SubOperationMatches{'Blob.List'})) OR ` +
    `(${some(folders, `@Resource[${blobs}:path]`, "StringLike", "*")})) AND ` +
    `((!(ActionMatches{'${blobs}/read'} AND SubOperationMatches{'Blob.List'})) OR ` +
    `(${some(listed, `@Request[${blobs}:prefix]`, "StringStartsWith", "")}))`
  );
};
