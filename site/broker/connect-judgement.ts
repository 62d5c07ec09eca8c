import type { ConnectPacket } from "./guard-connect.ts";
import type { Identity } from "./identity.ts";
import { ConnectCode } from "./packets.ts";
import type { TopicPolicy } from "./policy.ts";
import type { Refusal } from "./refusals.ts";

/** A CONNECT that is answered with a code and the end of the connection (section 3.2.2.3). */
export interface ConnectRefusal {
  readonly refusal: Refusal;
  readonly code: ConnectCode;
}

/** MQTT 3.1 allows 1 to 23 characters. */
const longestOldId = 23;

/**
 * Who the client says it is must be who its certificate says it is: client id = common name, and the user name, where
 * there is one. A password is no means here, so one that is given is a misunderstanding and refused. `maxPayload` in bytes.
 */
export function judgeConnect(
  packet: ConnectPacket | null,
  identity: Identity | null,
  policy: TopicPolicy,
  maxPayload: number,
): ConnectPacket | ConnectRefusal {
  if (packet === null)
    return { refusal: "unsupported protocol version", code: ConnectCode.unsupportedProtocol };
  const { clientId, level, will, userName, hasPassword } = packet;
  const isName = policy.isClientId(clientId) && (level === 4 || clientId.length <= longestOldId);
  if (!isName || clientId !== (identity?.deviceId ?? clientId)) {
    return { refusal: "client id is not the certificate's", code: ConnectCode.identifierRejected };
  }
  if (userName !== null && userName !== clientId) {
    return { refusal: "user name is not the device id", code: ConnectCode.badUserNameOrPassword };
  }
  if (hasPassword) return { refusal: "password given", code: ConnectCode.badUserNameOrPassword };
  if (will !== null && !policy.mayLeaveWill(clientId, will.topic)) {
    return { refusal: "last will not allowed", code: ConnectCode.notAuthorized };
  }
  if (will !== null && will.payload.length > maxPayload) {
    return { refusal: "payload over the cap", code: ConnectCode.notAuthorized };
  }
  return packet;
}
