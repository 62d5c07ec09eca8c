/**
 * SQL over the curated and quarantine zones: `POST /api/query` with a {@link readQuestion question}. Who may ask is for Azure
 * Storage to say, which is asked with the caller's own token, or for App Service, by the callers that the stack names.
 */
import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { QueryError } from "../../site/store/reader.ts";
import { azureFetch, type AzureFetch } from "../adapters/azure-client.ts";
import { blobList } from "../adapters/blob-list.ts";
import { blobObjects } from "../adapters/blob.ts";
import { required, type Environment } from "../adapters/environment.ts";
import { lazily } from "../adapters/lazily.ts";
import { queryCallers } from "../azure-agreements.ts";
import { byTheirRoles, type Asked } from "../query/callers.ts";
import { answerFromLake, type LakePorts } from "../query/lake-answer.ts";
import { QuestionError, readQuestion } from "../query/question.ts";

/** What an instance of 2 GB has room for, beside Node; App Service ends a request after 230 s. */
const limits = { memory: "1GB", mostBytes: 512 * 2 ** 20, timeout: 120_000 };

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

/** By the application settings; throws an Error that names what is missing: without {@link queryCallers} nobody is answered. */
export function handlerOf(env: Environment): (asked: Asked) => Promise<HttpResponseInit> {
  const containers = [required(env, "CURATED_CONTAINER"), required(env, "QUARANTINE_CONTAINER")];
  const callers = required(env, queryCallers.setting);
  const answering = (fetch: AzureFetch) =>
    createHandler({ objects: blobObjects(fetch), list: blobList(fetch), ...{ containers, ...limits } });
  if (callers === queryCallers.roles) return byTheirRoles(containers, answering);
  if (callers !== queryCallers.application)
    throw new Error(`${queryCallers.setting}: received "${callers}"; allowed: roles, application`);
  const answer = answering(azureFetch(env));
  return async ({ json }) => await answer(await json());
}

const handler = lazily(() => handlerOf(process.env));

app.http("query", {
  methods: ["POST"],
  authLevel: "anonymous",
  handler: async (request: HttpRequest): Promise<HttpResponseInit> =>
    await handler({ headers: request.headers, json: () => request.json().catch(() => null) }),
});
