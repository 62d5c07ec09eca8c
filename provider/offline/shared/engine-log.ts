/** The engine's own log, where the user sees what a provider tells. */

import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import type { Tell } from "./service.ts";

/**
 * Sends warnings to the engine that started this provider.
 * @param address of the engine, which it gives as first argument; without it warnings go to standard error
 */
export const engineLog = (address: string | undefined): Tell => {
  if (address === undefined) return (message) => console.error(`warning: ${message}`);
  const engine = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  return (message, urn = "") => {
    const request = new engineMessages.LogRequest();
    request.setSeverity(engineMessages.LogSeverity.WARNING);
    request.setMessage(message);
    request.setUrn(urn);
    // An engine that is gone hears nothing any more, and nobody else is there to be told.
    engine.log(request, () => undefined);
  };
};
