/** Whom Google Cloud credentials belong to: the key file that the environment names, or whom `gcloud` is signed in as. */

import { z } from 'zod';
import type { Files, Json } from '../../kernel/index.ts';
import { type Cloud, firstSet, type Told, untold, type Variables } from './cloud.ts';

const MEMBERS = ['account', 'project'];
const KEY_FILE = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  project_id: z.string().optional(),
});
const ACCOUNTS = z.array(z.object({ account: z.string(), status: z.string() }));
const SETTINGS = z.object({ core: z.object({ project: z.string().optional() }).optional() });
const LARGEST_KEY_BYTES = 64 * 1024;

/** Credentials that `gcloud` does not answer for, and that no file tells of. */
const ELSEWHERE = [
  'GOOGLE_CREDENTIALS',
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'GOOGLE_IMPERSONATE_SERVICE_ACCOUNT',
  'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE',
  'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE',
  'CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT',
];
const PROJECT = ['GOOGLE_PROJECT', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT'];

/** Google Cloud. Libraries and `gcloud` may act as different accounts: a key file answers for itself, and nobody for a token. */
export const GOOGLE: Cloud = {
  name: 'gcp',
  title: 'Google Cloud',
  program: 'gcloud',
  members: MEMBERS,
  credentials: [
    /^GOOGLE_(?:APPLICATION_)?CREDENTIALS$/,
    /^GOOGLE_(?:OAUTH_ACCESS_TOKEN|IMPERSONATE_SERVICE_ACCOUNT|CLOUD_PROJECT|PROJECT)$/,
    /^CLOUDSDK_/,
  ],
  options: ['account', 'project', 'impersonate-service-account', 'configuration', 'access-token-file'],
  providers: ['google', 'google-beta'],
  settings: ['access_token', 'credentials', 'impersonate_service_account', 'project'],
  variables: (variables) => ({
    ...Object.fromEntries(
      Object.entries(variables).filter(([name]) => !name.startsWith('CLOUDSDK_API_ENDPOINT_OVERRIDES_')),
    ),
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
  }),
  questions: async (variables, files) => {
    const elsewhere = firstSet(variables, ELSEWHERE);
    if (elsewhere !== undefined) return untold(MEMBERS, `gcloud does not answer for what ${elsewhere} names`);
    const path = variables['GOOGLE_APPLICATION_CREDENTIALS'] ?? '';
    if (path !== '') return await readKeyFile(files, path, variables);
    return [
      { args: ['auth', 'list', '--filter=status:ACTIVE', '--format=json'], members: ['account'], read: readAccount },
      {
        args: ['config', 'list', '--format=json'],
        members: ['project'],
        read: (answer) => readProject(answer, variables),
      },
    ];
  },
};

// A service account signs with its key as the account that stands beside it: another name there could sign nothing.
async function readKeyFile(files: Files, path: string, variables: Variables): Promise<Told> {
  const content = path.startsWith('/') ? await files.read(path, LARGEST_KEY_BYTES) : undefined;
  const key = KEY_FILE.safeParse(parseJson(content)).data;
  if (key === undefined) {
    return untold(MEMBERS, 'the file of GOOGLE_APPLICATION_CREDENTIALS is not the key of a service account');
  }
  const project = projectOf(variables) ?? key.project_id ?? null;
  return project === null
    ? { members: { account: key.client_email, project }, why: 'no project is named' }
    : { members: { account: key.client_email, project } };
}

function readAccount(answer: Json): Told {
  const active = (ACCOUNTS.safeParse(answer).data ?? []).filter(({ status }) => status === 'ACTIVE');
  const [only, ...others] = active;
  if (only === undefined || others.length > 0) return untold(['account'], 'it is not signed in as one account');
  return { members: { account: only.account } };
}

function readProject(answer: Json, variables: Variables): Told {
  const settings = SETTINGS.safeParse(answer).data;
  const project = projectOf(variables) ?? settings?.core?.project;
  return project === undefined ? untold(['project'], 'no project is named') : { members: { project } };
}

function projectOf(variables: Variables): string | undefined {
  const name = firstSet(variables, PROJECT);
  return name === undefined ? undefined : variables[name];
}

function parseJson(content: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    // No JSON is no key: the caller says so.
    return undefined;
  }
}
