import type { AwsAccess } from "./aws-client.ts";
import type { BlobLevel, BlobList, ListedBlob } from "./blob-list.ts";
import { member, text } from "./listed-xml.ts";
import { failure } from "./s3.ts";

/** "ListObjectsV2" (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html): 1,000 a page, in XML. */
export function s3List({ fetch, address }: AwsAccess): BlobList {
  const list = async (bucket: string, prefix: string, delimiter: string): Promise<BlobLevel> => {
    const folders: string[] = [];
    const blobs: ListedBlob[] = [];
    let token = "";
    do {
      const query = new URLSearchParams({ "list-type": "2", prefix });
      if (delimiter !== "") query.set("delimiter", delimiter);
      if (token !== "") query.set("continuation-token", token);
      const answer = await fetch("s3", `${address("s3", bucket)}/?${query}`, { method: "GET" });
      if (!answer.ok) throw await failure("list", bucket, prefix, answer);
      const xml = await answer.text();
      for (const [, folder = ""] of xml.matchAll(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix>/g))
        folders.push(text(folder));
      for (const [, object = ""] of xml.matchAll(/<Contents>([^]*?)<\/Contents>/g)) {
        blobs.push({
          key: text(member(object, "Key")),
          bytes: Number(member(object, "Size")),
          modifiedMs: Date.parse(member(object, "LastModified")),
        });
      }
      token = text(member(xml, "NextContinuationToken"));
    } while (token !== "");
    return { folders, blobs };
  };
  return {
    level: (bucket, prefix) => list(bucket, prefix, "/"),
    all: async (bucket, prefix) => (await list(bucket, prefix, "")).blobs,
  };
}
