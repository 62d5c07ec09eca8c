/**
 * Signs with a key of a token, in a process of its own: SoftHSM reads where its tokens are from the environment that
 * the process was started with. `node pkcs11-sign.ts <library> <token> <key> <pin> <message>` prints signature and key.
 */
import { pkcs11Signer } from "../../../fleet/authority/signers/pkcs11.ts";

const [library = "", token = "", key = "", pin = "", message = ""] = process.argv.slice(2);
try {
  const signer = await pkcs11Signer({ library, token, key }, pin, { attempts: 1 });
  const signature = await signer.sign(Buffer.from(message));
  const publicKey = signer.publicKey.export({ type: "spki", format: "pem" });
  await signer.close();
  console.log(JSON.stringify({ signature: signature.toString("hex"), publicKey }));
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }));
}
