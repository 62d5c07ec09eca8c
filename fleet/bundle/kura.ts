import type { Connection } from "./connection.ts";

/**
 * What Eclipse Kura's MQTT data transport and keystore service are set to (its snapshot's keys; Kura documentation,
 * "Cloud Connections" and "Keystores Management"). Java reads PKCS #12 as key store since version 9.
 */
export function kuraSettings({ host, port }: Connection, deviceId: string): string {
  const settings: Readonly<Record<string, string>> = {
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.broker-url": `mqtts://${host}:${port}/`,
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.client-id": deviceId,
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.username": deviceId,
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.keep-alive": "60",
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.protocol-version": "4",
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.lwt.topic": `devices/${deviceId}/status`,
    "org.eclipse.kura.core.data.transport.mqtt.MqttDataTransport.lwt.payload": '{"online":false}',
    "org.eclipse.kura.core.keystore.FilesystemKeystoreServiceImpl.keystore.path": "keystore.p12",
    "org.eclipse.kura.ssl.SslManagerService.ssl.keystore.alias": deviceId,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
