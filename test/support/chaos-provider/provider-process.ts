/**
 * The chaos provider as Terraform starts it: a plugin that says on its standard output where it listens.
 *
 * It ends when Terraform asks it to, when Terraform kills it, and in any case when its world is gone with the test.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Cloud } from './cloud.ts';
import { providerService } from './provider-service.ts';
import { type Identity, selfSigned } from './self-signed.ts';

const MAGIC_COOKIE = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';
const LIFE_CHECK_MS = 250;

function serviceOf(file: string, packageName: string, name: string): ServiceClientConstructor['service'] {
  const loaded = loadSync(join(import.meta.dirname, file), { keepCase: true, longs: Number, enums: String });
  // Both files of this folder define exactly one package with one service of the name.
  const found = (loadPackageDefinition(loaded)[packageName] as GrpcObject)[name] as ServiceClientConstructor;
  return found.service;
}

function credentialsOf(identity: Identity, clientCertificate: string | undefined): ServerCredentials {
  if (clientCertificate === undefined) return ServerCredentials.createInsecure();
  const own = { private_key: Buffer.from(identity.privateKeyPem), cert_chain: Buffer.from(identity.certificatePem) };
  return ServerCredentials.createSsl(Buffer.from(clientCertificate), [own], true);
}

function serve(cloud: Cloud): void {
  const clientCertificate = process.env['PLUGIN_CLIENT_CERT'];
  const identity = selfSigned();
  const place = mkdtempSync(join(tmpdir(), 'chaos-'));
  const socket = join(place, 's');
  process.on('exit', () => rmSync(place, { recursive: true, force: true }));
  const controller: UntypedServiceImplementation = {
    Shutdown: (_call: unknown, reply: (error: null, answer: object) => void) => {
      reply(null, {});
      setImmediate(() => process.exit(0));
    },
  };
  const server = new Server();
  server.addService(serviceOf('provider-protocol.proto', 'tfplugin6', 'Provider'), providerService(cloud));
  server.addService(serviceOf('plugin-controller.proto', 'plugin', 'GRPCController'), controller);
  server.bindAsync(`unix:${socket}`, credentialsOf(identity, clientCertificate), (error) => {
    if (error !== null) throw error;
    const certificate =
      clientCertificate === undefined ? '' : identity.certificateDer.toString('base64').replace(/=+$/, '');
    process.stdout.write(`1|6|unix|${socket}|grpc|${certificate}\n`);
  });
}

const directory = process.argv[2];
if (directory === undefined || process.env['TF_PLUGIN_MAGIC_COOKIE'] !== MAGIC_COOKIE) {
  process.stderr.write('this is a Terraform provider for tests: Terraform starts it\n');
  process.exit(1);
}
// Ctrl-C reaches the whole group; Terraform alone decides what becomes of its providers.
process.on('SIGINT', () => undefined);
setInterval(() => {
  if (!existsSync(directory)) process.exit(0);
}, LIFE_CHECK_MS);
serve(new Cloud(directory));
