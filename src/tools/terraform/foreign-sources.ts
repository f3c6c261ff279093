/**
 * Data sources that run programs, ask servers or read other states: a plan rests on their answers, and a fresh plan may get others.
 *
 * What they send may be a secret that nothing marks as one: of headers, queries and credentials only the names are told.
 */

import type { Json, JsonObject, Unpredictable } from '../../kernel/index.ts';
import { backendIdentity } from './backend-identity.ts';
import { expressionText } from './expression-words.ts';
import type { TerraformPlan } from './read-plan.ts';
import { isObject, member } from './sensitive-values.ts';
import { withoutKeys } from './without-keys.ts';

/** A data source of the configuration. */
export type ConfiguredData = { readonly type: string; readonly expressions: JsonObject };

/** What is told of an instance, from its values; an attribute whose value is not known has its expression's text. */
type Tell = (values: JsonObject) => string;

const TELL: ReadonlyMap<string, Tell> = new Map([
  ['external', tellProgram],
  ['http', tellRequest],
  ['terraform_remote_state', tellState],
]);
const MOST_INSTANCES = 5;
const UNTOLD = 'a place that is not known yet';

/** Tells of one data source what it asks; nothing when it is of another kind. @param address  without instance keys */
export function foreignSources(plan: TerraformPlan, address: string, data: ConfiguredData): readonly Unpredictable[] {
  const tell = TELL.get(data.type);
  if (tell === undefined) return [];
  const later = plan.changes.filter(
    (change) => change.mode === 'data' && change.actions.includes('read') && withoutKeys(change.address) === address,
  );
  const known =
    later.length > 0 ? later.map(({ after }) => after) : readValues(member(plan.document, 'prior_state'), address);
  const unresolved = Object.entries(data.expressions).map(([name, expression]) => [
    name,
    configured(expression ?? null),
  ]);
  const instances = known.length === 0 ? [null] : known;
  const texts = [...new Set(instances.map((values) => tell({ ...Object.fromEntries(unresolved), ...said(values) })))];
  const more = texts.length > MOST_INSTANCES ? [`and ${texts.length - MOST_INSTANCES} more`] : [];
  const when =
    later.length > 0 ? 'asked only while this runs, so what it answers is not known' : 'asked while planning';
  return [{ address, what: data.type, text: `${when}: ${[...texts.slice(0, MOST_INSTANCES), ...more].join('\n')}` }];
}

/** A constant as it is, everything else in words. */
function configured(expression: Json): Json {
  return isObject(expression) && expression['constant_value'] !== undefined
    ? expression['constant_value']
    : expressionText(expression);
}

function said(values: Json): JsonObject {
  return Object.fromEntries(Object.entries(isObject(values) ? values : {}).filter(([, value]) => value !== null));
}

/** Values of every instance, from the state that the plan was made from. */
function readValues(node: Json, address: string): readonly Json[] {
  const module = member(member(node, 'values'), 'root_module');
  const found: Json[] = [];
  const waiting = [module];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const resource of listed(next, 'resources')) {
      const own = member(resource, 'address');
      if (typeof own === 'string' && withoutKeys(own) === address) found.push(member(resource, 'values'));
    }
    waiting.push(...listed(next, 'child_modules'));
  }
  return found;
}

function listed(node: Json, name: string): readonly Json[] {
  const list = member(node, name);
  return Array.isArray(list) ? list : [];
}

function tellProgram({ program = null, working_dir: directory = null, query = null }: JsonObject): string {
  return [
    `runs ${shown(program)}`,
    ...(directory === null ? [] : [`in ${shown(directory)}`]),
    ...named('with a query of', query),
  ].join(' ');
}

function tellRequest({
  url = null,
  method = null,
  request_headers: headers = null,
  request_body: body = null,
}: JsonObject): string {
  return [
    `asks ${method === null ? 'GET' : shown(method)} ${withoutSecrets(shown(url))}`,
    ...named('with headers', headers),
    ...(body === null ? [] : ['with a body']),
  ].join(' ');
}

function tellState({ backend = null, config = null, workspace = null }: JsonObject): string {
  const type = shown(backend);
  const place = isObject(config) ? backendIdentity(type, config, {}) : config;
  return [
    `reads the state of ${type} at ${isObject(place) && Object.keys(place).length === 0 ? UNTOLD : shown(place)}`,
    ...(workspace === null ? [] : [`in the workspace ${shown(workspace)}`]),
  ].join(' ');
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function named(label: string, value: Json): readonly string[] {
  if (value === null) return [];
  const names = isObject(value) ? Object.keys(value).sort() : [];
  return [names.length === 0 ? `${label} what is computed` : `${label} ${names.join(', ')}`];
}

// Who asks, and what stands behind the question mark, may be a credential.
function withoutSecrets(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1').replace(/([?&][^=&#]*=)[^&#]*/g, '$1…');
}
