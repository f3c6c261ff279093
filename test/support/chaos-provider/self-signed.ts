/** A certificate for one process: Terraform talks to the providers that it starts over mutual TLS, and learns theirs by the handshake. */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and its certificate. */
export type Identity = {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const ECDSA_WITH_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
/** Critical: CA; critical: digitalSignature and keyCertSign; serverAuth and clientAuth; DNS localhost. */
const EXTENSIONS = [
  '300f0603551d130101ff040530030101ff',
  '300e0603551d0f0101ff040403020284',
  '301d0603551d250416301406082b0601050507030106082b06010505070302',
  '30140603551d11040d300b82096c6f63616c686f7374',
].map((hex) => Buffer.from(hex, 'hex'));

/** Makes an identity for `localhost` that is valid today. */
export function selfSigned(): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(0x30, Buffer.from(ECDSA_WITH_SHA256, 'hex'));
  const name = der(0x30, der(0x31, der(0x30, Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from('localhost')))));
  const now = Date.now();
  const content = der(
    0x30,
    der(0xa0, Buffer.from('020102', 'hex')),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    der(0x30, utcTime(now - DAY_MS), utcTime(now + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...EXTENSIONS)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const certificateDer = der(0x30, content, algorithm, signature);
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${certificateDer.toString('base64')}\n-----END CERTIFICATE-----\n`,
    certificateDer,
  };
}

/** One value in DER: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const head = length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function utcTime(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}
