/** Asks a server by GET or HEAD. Redirects are answers; nothing is followed, and nothing is sent but the request. */

import { lookup } from 'node:dns';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { HttpQuestion } from '../../tools/index.ts';
import { sha256 } from '../hash/sha256.ts';
import { BoundedOutput } from '../processes/bounded-output.ts';
import { type HttpSeen, readHttpAnswer } from './answers/read-http-answer.ts';
import type { Reading } from './answers/reading.ts';

const MOST_BODY_BYTES = 1024 * 1024;

/** Addresses at which clouds hand out credentials to whoever asks from the machine: no check has any business there. */
const METADATA = new BlockList();
METADATA.addSubnet('169.254.0.0', 16, 'ipv4');
METADATA.addSubnet('fe80::', 10, 'ipv6');
METADATA.addSubnet('fd00:ec2::', 32, 'ipv6');
METADATA.addAddress('fd20:ce::254', 'ipv6');
// The same through a NAT64 gateway; Azure's host, Alibaba's and Oracle's metadata.
METADATA.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
METADATA.addAddress('168.63.129.16');
METADATA.addAddress('100.100.100.200');
METADATA.addAddress('192.0.0.192');

/** Sends the request and reads the answer. */
export async function askHttp(question: HttpQuestion, timeoutMs: number): Promise<Reading> {
  return readHttpAnswer(question, await fetchOnce(question, timeoutMs), sha256);
}

async function fetchOnce(question: HttpQuestion, timeoutMs: number): Promise<HttpSeen> {
  const url = new URL(question.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isForbidden(host))
    return { kind: 'unanswered', why: 'addresses that hand out credentials are not asked' };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await respond(url, {
      method: question.method,
      headers: { 'user-agent': 'countersign-verifier', ...question.headers },
      agent: false,
      lookup: lookupAllowed,
      signal,
    });
    return await receive(response);
  } catch (thrown) {
    if (codeOf(thrown) === 'ECONNREFUSED') return { kind: 'refused' };
    return { kind: 'unanswered', why: signal.aborted ? `nothing came in ${timeoutMs / 1_000} s` : codeOf(thrown) };
  }
}

async function respond(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return await new Promise((resolve, reject) => {
    send(url, options, resolve).on('error', reject).end();
  });
}

async function receive(response: IncomingMessage): Promise<HttpSeen> {
  const body = new BoundedOutput(MOST_BODY_BYTES);
  for await (const chunk of response) {
    body.add(chunk);
    if (body.isTruncated) break;
  }
  return { kind: 'answered', status: response.statusCode ?? 0, body: body.bytes(), isTruncated: body.isTruncated };
}

/** Resolves a name and refuses addresses of the kind above, so that a name can't stand for one. */
const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const allowed = (addresses ?? []).filter(({ address }) => !isForbidden(address));
    const [first] = allowed;
    if (error !== null) callback(error, '');
    else if (first === undefined) callback(new ForbiddenAddress(), '');
    else if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};

class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
  readonly code = 'addresses that hand out credentials are not asked';
}

function isForbidden(address: string): boolean {
  return METADATA.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'the connection broke';
}
