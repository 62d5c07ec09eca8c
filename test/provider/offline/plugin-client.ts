/** Starts a provider as the engine does, and calls it. */

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { WireMap } from "../../../provider/offline/shared/values.ts";

/** Path of a provider's program. */
export const mainOf = (name: string): string => join(process.cwd(), "provider", "offline", name, "main.ts");

const toStruct = (values: WireMap): struct.Struct =>
  struct.Struct.fromJavaScript(values as Parameters<typeof struct.Struct.fromJavaScript>[0]);

/** The first line a process writes, which for a provider is its port. */
export const firstLine = async (child: ChildProcess): Promise<string> => {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.slice(0, text.indexOf("\n"));
};

type Client = InstanceType<typeof providerService.ResourceProviderClient>;

/** A running provider. */
export class Plugin {
  readonly client: Client;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, client: Client) {
    this.#process = child;
    this.client = client;
  }

  static async start(name: string, environment: NodeJS.ProcessEnv = {}): Promise<Plugin> {
    const child = spawn(process.execPath, [mainOf(name), "127.0.0.1:1"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    const address = `127.0.0.1:${await firstLine(child)}`;
    const credentials = grpc.credentials.createInsecure();
    return new Plugin(child, new providerService.ResourceProviderClient(address, credentials));
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, "exit");
  }

  async version(): Promise<string> {
    return new Promise((resolve, reject) =>
      this.client.getPluginInfo(new empty.Empty(), (error, response) =>
        error ? reject(error) : resolve(response.getVersion()),
      ),
    );
  }

  async schema(): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) =>
      this.client.getSchema(new messages.GetSchemaRequest(), (error, response) =>
        error ? reject(error) : resolve(JSON.parse(response.getSchema()) as Record<string, unknown>),
      ),
    );
  }

  async parameterize(): Promise<void> {
    return new Promise((resolve, reject) =>
      this.client.parameterize(new messages.ParameterizeRequest(), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  }

  async configure(settings: WireMap): Promise<{ acceptsSecrets: boolean; supportsPreview: boolean }> {
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(settings));
    return new Promise((resolve, reject) =>
      this.client.configure(request, (error, response) =>
        error
          ? reject(error)
          : resolve({
              acceptsSecrets: response.getAcceptsecrets(),
              supportsPreview: response.getSupportspreview(),
            }),
      ),
    );
  }

  async create(type: string, inputs: WireMap): Promise<{ id: string; state: WireMap }> {
    const request = new messages.CreateRequest();
    request.setUrn(`urn:pulumi:stack::project::my:index:Parent$${type}::name`);
    request.setProperties(toStruct(inputs));
    return new Promise((resolve, reject) =>
      this.client.create(request, (error, response) =>
        error
          ? reject(error)
          : resolve({ id: response.getId(), state: response.getProperties()?.toJavaScript() as WireMap }),
      ),
    );
  }

  async invoke(token: string, args: WireMap): Promise<WireMap> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args));
    return new Promise((resolve, reject) =>
      this.client.invoke(request, (error, response) =>
        error ? reject(error) : resolve(response.getReturn()?.toJavaScript() as WireMap),
      ),
    );
  }
}
