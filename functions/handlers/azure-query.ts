/**
 * SQL over the curated and quarantine zones: `POST /api/query` with a {@link readQuestion question}. Who may ask is App
 * Service's to see to: it lets nobody in but the callers that the stack names.
 */
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { QueryError } from "../../site/store/reader.ts";
import { azureFetch } from "../adapters/azure-client.ts";
import { blobList } from "../adapters/blob-list.ts";
import { blobObjects } from "../adapters/blob.ts";
import { required } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { answerFromLake, type LakePorts } from "../query/lake-answer.ts";
import { QuestionError, readQuestion } from "../query/question.ts";

/** What Flex Consumption's instance of 2 GB has room for, beside Node. */
const memory = "1GB";
const mostBytes = 512 * 2 ** 20;
/** App Service ends a request after 230 s. */
const timeout = 120_000;

/** The answer as JSON; 400 for what the caller can mend. Rejects for faults of ours. */
export function createHandler(ports: LakePorts, now: () => number = Date.now) {
  return async (body: unknown): Promise<HttpResponseInit> => {
    try {
      return { jsonBody: await answerFromLake(readQuestion(body, now()), ports) };
    } catch (error) {
      if (!(error instanceof QuestionError || error instanceof QueryError)) throw error;
      return { status: 400, jsonBody: { error: error.message } };
    }
  };
}

const handler = lazily(() => {
  const { env } = process;
  const fetch = azureFetch(env);
  const containers = [required(env, "CURATED_CONTAINER"), required(env, "QUARANTINE_CONTAINER")];
  const objects = blobObjects(fetch);
  return createHandler({ objects, list: blobList(fetch), containers, mostBytes, memory, timeout });
});

app.http("query", {
  methods: ["POST"],
  authLevel: "anonymous",
  handler: async (request: HttpRequest): Promise<HttpResponseInit> =>
    await handler(await request.json().catch(() => null)),
});
