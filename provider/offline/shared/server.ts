/**
 * Serves a provider to the Pulumi engine.
 *
 * Not through `main` of `@pulumi/pulumi/provider`: that one (3.270) tells the engine that its providers have
 * no previews, so that an update in place would show every output as unknown and, further down, replacements
 * that never happen. The service is `ResourceProvider` of the SDK's proto/pulumi/provider.proto.
 */

import grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Autonaming, Checked, Difference, ProviderService } from "./service.ts";
import type { WireMap } from "./values.ts";

/** The engine's own limit for a message (sdk/go/common/util/rpcutil). */
const maximumMessageBytes = 400 * 1024 * 1024;

/** How often a provider looks whether the engine that started it is still there, in milliseconds. */
const orphanCheckInterval = 2_000;

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Answers a call, and turns an error into the message the user sees. */
const unary =
  <Request, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> =>
  (call, callback) => {
    Promise.resolve(call.request)
      .then(handler)
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };

const toStruct = (values: WireMap): struct.Struct =>
  struct.Struct.fromJavaScript(values as Parameters<typeof struct.Struct.fromJavaScript>[0]);

const fromStruct = (values: struct.Struct | undefined): WireMap =>
  (values?.toJavaScript() as WireMap | undefined) ?? {};

/** The resource type in a URN, without the types of its parents. */
export const typeOfUrn = (urn: string): string => {
  const [, , types = ""] = urn.split("::");
  return types.slice(types.lastIndexOf("$") + 1);
};

/**
 * The engine shows a failure's property with its value, but knows only whole properties and shows secrets as
 * well; so the property stands in the reason.
 */
const toFailures = (lines: readonly string[]): InstanceType<typeof messages.CheckFailure>[] =>
  lines.map((line) => {
    const failure = new messages.CheckFailure();
    failure.setReason(line);
    return failure;
  });

const toCheckResponse = ({ inputs, failures }: Checked): InstanceType<typeof messages.CheckResponse> => {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(toFailures(failures));
  return response;
};

const autonamingModes = ["propose", "enforce", "disable"] as const;

const autonamingOf = (request: InstanceType<typeof messages.CheckRequest>): { autonaming?: Autonaming } => {
  const options = request.getAutonaming();
  const mode = options && autonamingModes[options.getMode()];
  return mode ? { autonaming: { mode, proposedName: options.getProposedName() } } : {};
};

const toDiffResponse = (difference: Difference): InstanceType<typeof messages.DiffResponse> => {
  const { changes, replaces, deleteBeforeReplace = false, details } = difference;
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...changes]);
  response.setReplacesList([...replaces]);
  response.setDeletebeforereplace(deleteBeforeReplace);
  if (details) {
    response.setHasdetaileddiff(true);
    for (const [path, { kind, replaces: replacing }] of Object.entries(details)) {
      const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
      const kinds = {
        add: [ADD, ADD_REPLACE],
        delete: [DELETE, DELETE_REPLACE],
        update: [UPDATE, UPDATE_REPLACE],
      } as const;
      const change = new messages.PropertyDiff();
      change.setKind(kinds[kind][replacing ? 1 : 0]);
      change.setInputdiff(true);
      response.getDetaileddiffMap().set(path, change);
    }
  }
  return response;
};

const methods = (provider: ProviderService) => ({
  getPluginInfo: unary((_: empty.Empty) => {
    const response = new pluginMessages.PluginInfo();
    response.setVersion(provider.version);
    return response;
  }),

  getSchema: unary((_: InstanceType<typeof messages.GetSchemaRequest>) => {
    const response = new messages.GetSchemaResponse();
    response.setSchema(JSON.stringify(provider.packageSchema()));
    return response;
  }),

  /** Of a package that is made for certain versions of a cloud's API, say. */
  parameterize: unary((_: InstanceType<typeof messages.ParameterizeRequest>): never => {
    throw new Error(
      "an offline provider knows the installed SDK only: parameterised packages (pulumi package add) need the real plugin",
    );
  }),

  checkConfig: unary(async (request: InstanceType<typeof messages.CheckRequest>) =>
    toCheckResponse(await provider.checkConfiguration(fromStruct(request.getNews()))),
  ),

  /** New settings never touch existing resources: none of them remembers the provider's settings. */
  diffConfig: unary((_: InstanceType<typeof messages.DiffRequest>) => {
    const response = new messages.DiffResponse();
    response.setChanges(messages.DiffResponse.DiffChanges.DIFF_UNKNOWN);
    return response;
  }),

  configure: unary(async (request: InstanceType<typeof messages.ConfigureRequest>) => {
    await provider.configure(fromStruct(request.getArgs()));
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setSupportsAutonamingConfiguration(provider.supportsAutonaming);
    return response;
  }),

  attach: unary((_: InstanceType<typeof pluginMessages.PluginAttach>) => new empty.Empty()),

  cancel: unary((_: empty.Empty) => new empty.Empty()),

  check: unary(async (request: InstanceType<typeof messages.CheckRequest>) => {
    const urn = request.getUrn();
    const call = { urn, olds: fromStruct(request.getOlds()), ...autonamingOf(request) };
    return toCheckResponse(await provider.check(typeOfUrn(urn), fromStruct(request.getNews()), call));
  }),

  diff: unary(async (request: InstanceType<typeof messages.DiffRequest>) => {
    const urn = request.getUrn();
    const call = { urn, oldInputs: fromStruct(request.getOldInputs()) };
    const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
    return toDiffResponse(await provider.diff(typeOfUrn(urn), olds, news, call));
  }),

  create: unary(async (request: InstanceType<typeof messages.CreateRequest>) => {
    const { id, state } = await provider.create(
      typeOfUrn(request.getUrn()),
      fromStruct(request.getProperties()),
      request.getPreview(),
      { urn: request.getUrn() },
    );
    const response = new messages.CreateResponse();
    response.setId(id);
    response.setProperties(toStruct(state));
    return response;
  }),

  update: unary(async (request: InstanceType<typeof messages.UpdateRequest>) => {
    const state = await provider.update(
      typeOfUrn(request.getUrn()),
      fromStruct(request.getOlds()),
      fromStruct(request.getNews()),
      request.getPreview(),
      { urn: request.getUrn(), oldInputs: fromStruct(request.getOldInputs()) },
    );
    const response = new messages.UpdateResponse();
    response.setProperties(toStruct(state));
    return response;
  }),

  read: unary(async (request: InstanceType<typeof messages.ReadRequest>) => {
    const { id, state, inputs } = await provider.read(
      typeOfUrn(request.getUrn()),
      request.getId(),
      fromStruct(request.getProperties()),
      fromStruct(request.getInputs()),
    );
    const response = new messages.ReadResponse();
    response.setId(id);
    response.setProperties(toStruct(state));
    response.setInputs(toStruct(inputs));
    return response;
  }),

  delete: unary(async (request: InstanceType<typeof messages.DeleteRequest>) => {
    const token = typeOfUrn(request.getUrn());
    await provider.delete(token, request.getId(), fromStruct(request.getProperties()));
    return new empty.Empty();
  }),

  invoke: unary(async (request: InstanceType<typeof messages.InvokeRequest>) => {
    const { result, failures } = await provider.invoke(request.getTok(), fromStruct(request.getArgs()));
    const response = new messages.InvokeResponse();
    response.setReturn(toStruct(result));
    response.setFailuresList(toFailures(failures));
    return response;
  }),
});

/**
 * Serves a provider on a free port of the loopback interface and prints that port, which is how the engine
 * finds a provider it has started. Ends with the process that started it.
 */
export const serve = async (provider: ProviderService): Promise<void> => {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": maximumMessageBytes,
    "grpc.max_send_message_length": maximumMessageBytes,
  });
  server.addService(providerService.ResourceProviderService, methods(provider));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  process.stdout.write(`${port}\n`);

  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, orphanCheckInterval).unref();
};
