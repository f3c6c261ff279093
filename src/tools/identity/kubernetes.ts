/** Which cluster a kubeconfig leads to and as whom: `kubectl config view`, and the cluster's own mark where it answers. */

import { z } from 'zod';
import type { Json } from '../../kernel/index.ts';
import { type Cloud, type Told, untold } from './cloud.ts';

const CONFIGURED = ['context', 'server', 'user'];
const CLUSTER = ['cluster'];
const CONFIG = z.object({
  'current-context': z.string().min(1),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ user: z.string().default('') }) })).length(1),
  clusters: z.array(z.object({ cluster: z.object({ server: z.string() }) })).length(1),
});
const NAMESPACE = z.object({ metadata: z.object({ uid: z.string() }) });

/** Kubernetes. A cluster has no name of its own: the uid of its oldest namespace is what nobody can copy. */
export const KUBERNETES: Cloud = {
  name: 'kubernetes',
  title: 'Kubernetes',
  program: 'kubectl',
  members: [...CONFIGURED, ...CLUSTER],
  credentials: [/^KUBECONFIG$/, /^KUBE_CTX$/, /^KUBE_CONFIG_PATH$/],
  options: ['as', 'as-group', 'cluster', 'context', 'kube-context', 'kubeconfig', 'server', 'token', 'user'],
  providers: ['kubernetes', 'helm', 'kubectl'],
  settings: [
    'client_certificate',
    'config_context',
    'config_context_auth_info',
    'config_context_cluster',
    'config_path',
    'config_paths',
    'exec',
    'host',
    'kubernetes',
    'load_config_file',
    'token',
    'username',
  ],
  variables: (variables) => {
    const path = variables['KUBECONFIG'] || variables['KUBE_CONFIG_PATH'];
    return path ? { ...variables, KUBECONFIG: path } : variables;
  },
  questions: async (variables) => {
    const context = variables['KUBE_CTX'] ? [`--context=${variables['KUBE_CTX']}`] : [];
    return [
      { args: ['config', 'view', '--minify', ...context, '-o', 'json'], members: CONFIGURED, read: readConfig },
      {
        args: ['get', 'namespace', 'kube-system', ...context, '--request-timeout=5s', '-o', 'json'],
        members: CLUSTER,
        read: readCluster,
      },
    ];
  },
};

function readConfig(answer: Json): Told {
  const config = CONFIG.safeParse(answer).data;
  const [context, cluster] = [config?.contexts[0], config?.clusters[0]];
  if (context === undefined || cluster === undefined) return untold(CONFIGURED, 'its answer names no context');
  return { members: { context: context.name, server: cluster.cluster.server, user: context.context.user } };
}

function readCluster(answer: Json): Told {
  const uid = NAMESPACE.safeParse(answer).data?.metadata.uid;
  return uid === undefined ? untold(CLUSTER, 'its answer names no cluster') : { members: { cluster: uid } };
}
