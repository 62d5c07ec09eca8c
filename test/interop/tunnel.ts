import { createServer, type AddressInfo } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";

/**
 * A loopback port whose connections go on over TLS, for suites that know only TCP; `to` is asked for each. An end on
 * one side becomes an end on the other, as without a tunnel.
 */
export async function startTunnel(to: () => ConnectionOptions): Promise<{ port: number; close(): void }> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (plain) => {
    const tls = connect(to());
    plain.on("error", () => tls.destroy());
    tls.on("error", () => plain.destroy());
    plain.on("close", () => tls.destroy());
    tls.on("close", () => plain.destroy());
    plain.pipe(tls);
    tls.pipe(plain);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
