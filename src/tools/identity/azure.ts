/** Whom Azure credentials belong to: `az account show`. */

import { z } from 'zod';
import type { Json } from '../../kernel/index.ts';
import { type Cloud, firstSet, type Told, untold, type Variables } from './cloud.ts';

const MEMBERS = ['subscription', 'tenant', 'user'];
const ACCOUNT = z.object({ id: z.string(), tenantId: z.string(), user: z.object({ name: z.string() }) });
const SUBSCRIPTION = ['ARM_SUBSCRIPTION_ID', 'AZURE_SUBSCRIPTION_ID'];
const TENANT = ['ARM_TENANT_ID', 'AZURE_TENANT_ID'];
const CLIENT = ['ARM_CLIENT_ID', 'AZURE_CLIENT_ID'];
/** Ways to sign in that `az` has no part in. */
const ELSEWHERE = ['ARM_USE_MSI', 'ARM_USE_OIDC', 'ARM_USE_AKS_WORKLOAD_IDENTITY'];

/** Azure. Terraform may act as a service principal that `az` is not signed in as: an answer about somebody else is none. */
export const AZURE: Cloud = {
  name: 'azure',
  title: 'Azure',
  program: 'az',
  members: MEMBERS,
  credentials: [/^ARM_/, /^AZURE_/],
  options: ['subscription'],
  providers: ['azurerm', 'azuread', 'azapi'],
  settings: [
    'client_certificate',
    'client_certificate_path',
    'client_id',
    'client_id_file_path',
    'client_secret',
    'client_secret_file_path',
    'environment',
    'metadata_host',
    'oidc_token',
    'subscription_id',
    'tenant_id',
    'use_msi',
    'use_oidc',
  ],
  variables: (variables) => variables,
  questions: async (variables) => {
    const elsewhere = ELSEWHERE.find((name) => /^(?:1|t|true)$/i.test(variables[name] ?? ''));
    if (elsewhere !== undefined) return untold(MEMBERS, `az does not answer for who signs in by ${elsewhere}`);
    const subscription = firstSet(variables, SUBSCRIPTION);
    const wanted = subscription === undefined ? [] : [`--subscription=${variables[subscription]}`];
    return [
      {
        args: ['account', 'show', ...wanted, '--output', 'json'],
        members: MEMBERS,
        read: (answer) => readAccount(answer, variables),
      },
    ];
  },
};

function readAccount(answer: Json, variables: Variables): Told {
  const account = ACCOUNT.safeParse(answer).data;
  if (account === undefined) return untold(MEMBERS, 'its answer names no subscription');
  const other = contradicted(variables, [
    [SUBSCRIPTION, account.id],
    [TENANT, account.tenantId],
    [CLIENT, account.user.name],
  ]);
  if (other !== undefined) return untold(MEMBERS, `az is signed in as another than ${other} names`);
  return { members: { subscription: account.id, tenant: account.tenantId, user: account.user.name } };
}

function contradicted(
  variables: Variables,
  answers: readonly (readonly [names: readonly string[], found: string])[],
): string | undefined {
  return answers
    .flatMap(([names, found]) => names.map((name) => ({ name, found, wanted: variables[name] ?? '' })))
    .find(({ wanted, found }) => wanted !== '' && wanted.toLowerCase() !== found.toLowerCase())?.name;
}
