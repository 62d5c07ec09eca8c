/** What a stack keeps for people to look after, as its outputs name the place. */
import { z } from "zod";
import { documentContainer } from "../../functions/adapters/cosmos-documents.ts";
import { documentTable } from "../../functions/adapters/dynamodb-documents.ts";
import type { KeptDocuments } from "../../functions/core/kept-documents.ts";
import { awsAccessOf, azureFetchOf } from "./fleet/cloud-access.ts";

const inCloud = [
  z.object({ kind: z.literal("aws-dynamodb"), region: z.string(), table: z.string() }),
  z.object({ kind: z.literal("azure-cosmos"), endpoint: z.url(), database: z.string() }),
] as const;

export const keptPlace = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("site") }),
  z.object({ kind: z.literal("none") }),
  ...inCloud,
]);

/** By the user's own login. @param what for the message where something is missing @param container of Cosmos DB */
export const documentsAt = (
  place: z.output<(typeof inCloud)[number]>,
  what: string,
  container: string,
): KeptDocuments =>
  place.kind === "aws-dynamodb"
    ? documentTable(awsAccessOf(what, place.region), place.table)
    : documentContainer(azureFetchOf(), {
        ...{ endpoint: place.endpoint, database: place.database, container },
      });
