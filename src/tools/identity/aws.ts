/** Whom AWS credentials belong to: `aws sts get-caller-identity`. */

import { z } from 'zod';
import type { Json } from '../../kernel/index.ts';
import { type Cloud, type Told, untold } from './cloud.ts';

const MEMBERS = ['account', 'arn'];
const CALLER = z.object({ Account: z.string().regex(/^\d{12}$/), Arn: z.string() });
const ARN = /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):.+$/;

/** AWS. Its answer must not come from a server that the change names: addresses of services are left out. */
export const AWS: Cloud = {
  name: 'aws',
  title: 'AWS',
  program: 'aws',
  members: MEMBERS,
  credentials: [
    /^AWS_(?:DEFAULT_)?PROFILE$/,
    /^AWS_ACCESS_KEY_ID$/,
    /^AWS_ROLE_ARN$/,
    /^AWS_WEB_IDENTITY_TOKEN_FILE$/,
    /^AWS_(?:CONFIG|SHARED_CREDENTIALS)_FILE$/,
    /^AWS_CONTAINER_/,
  ],
  options: ['profile', 'endpoint-url', 'no-sign-request', 'ca-bundle'],
  providers: ['aws', 'awscc'],
  settings: [
    'access_key',
    'assume_role',
    'assume_role_with_web_identity',
    'endpoints',
    'profile',
    'secret_key',
    'shared_config_files',
    'shared_credentials_file',
    'shared_credentials_files',
    'token',
  ],
  variables: (variables) => ({
    ...Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith('AWS_ENDPOINT_URL'))),
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_PAGER: '',
  }),
  questions: async () => [
    { args: ['sts', 'get-caller-identity', '--output', 'json'], members: MEMBERS, read: readCaller },
  ],
};

function readCaller(answer: Json): Told {
  const caller = CALLER.safeParse(answer).data;
  const account = ARN.exec(caller?.Arn ?? '')?.[1];
  if (caller === undefined || account !== caller.Account) return untold(MEMBERS, 'its answer names no account');
  return { members: { account, arn: withoutSession(caller.Arn) } };
}

// Whoever takes a role gives the session a name, and most give it another one each time.
function withoutSession(arn: string): string {
  return arn.replace(/^(arn:[a-z-]+:sts::\d{12}:assumed-role\/[^/]+)\/.*$/s, '$1');
}
