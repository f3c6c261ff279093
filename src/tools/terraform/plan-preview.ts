/** Makes the preview that people sign: what destroys first, nothing secret, nothing hidden, and what can't be foreseen by name. */

import {
  canonicalJson,
  countChanges,
  destroysFirst,
  Failure,
  type Json,
  type JsonObject,
  type Preview,
  type PreviewAction,
  type ResourceChange,
  type Unpredictable,
  visibleLine,
  visibleText,
} from '../../kernel/index.ts';
import { attributeChanges } from './attribute-changes.ts';
import { blastRadius } from './blast-radius.ts';
import { mapTexts, maskText } from './mask-text.ts';
import { isNoOp, type PlannedChange, type TerraformPlan } from './read-plan.ts';
import { reasonWords } from './reason-words.ts';
import type { ProvisionedResource } from './source-provisioners.ts';
import { unpredictableParts } from './unpredictable-parts.ts';

/** What a preview is made from: all of it is in the bundle. */
export type PreviewSource = {
  readonly plan: TerraformPlan;
  /** `terraform show -no-color` of the same plan. */
  readonly humanText: string;
  readonly secrets: readonly string[];
  /** What the sealed sources say of provisioners, of `sourceProvisioners`. */
  readonly provisioned: readonly ProvisionedResource[];
  /** What else can't be foreseen, found outside of the plan. */
  readonly unpredictable: readonly Unpredictable[];
  readonly notes: readonly string[];
  /** The options that it was planned with, as they may be shown. */
  readonly options: readonly string[];
};

const ACTIONS: Readonly<Record<string, PreviewAction>> = {
  create: 'create',
  read: 'read',
  update: 'update',
  delete: 'delete',
  forget: 'forget',
  'delete,create': 'replace',
  'create,delete': 'replace',
  // The old object stays in the world, unmanaged: nothing is destroyed.
  'forget,create': 'create',
  'create,forget': 'create',
};

/** Makes the preview. The same source always gives the same bytes. @throws Failure `TOOL_FAILED` on an action nobody knows */
export function planPreview(source: PreviewSource): Preview {
  const show = (text: string): string => visibleText(maskText(text, source.secrets));
  const resources = destroysFirst(source.plan.changes.flatMap((change) => resourceChange(change, show)));
  const unpredictable = [...unpredictableParts(source.plan, source.provisioned), ...source.unpredictable].map(
    (part) => ({
      address: visibleLine(part.address),
      what: visibleLine(part.what),
      text: show(part.text),
    }),
  );
  return {
    schema: 'countersign.preview/1',
    driver: 'terraform',
    counts: countChanges(resources),
    resources,
    unpredictable,
    text: show(source.humanText),
    // How much, and how it was planned, before what may be a long list.
    notes: [blastRadius(source.plan), ...source.notes, ...planNotes(source.plan)].map(show),
    options: source.options.map(show),
  };
}

/** What a change amounts to, for people and for policy. */
export function previewAction(change: PlannedChange): PreviewAction {
  if (isNoOp(change.actions)) {
    if (change.importId !== undefined) return 'import';
    return change.previousAddress === undefined ? 'no-op' : 'move';
  }
  const action = ACTIONS[change.actions.join()];
  if (action !== undefined) return action;
  throw new Failure('TOOL_FAILED', `nobody knows what Terraform means by ${visibleLine(change.actions.join())}`, {
    hint: 'use a version of Countersign that knows this version of Terraform',
    where: visibleLine(change.address),
  });
}

/** Names an object for people; one that an interrupted replacement left behind is told apart. */
export function addressOf(change: PlannedChange): string {
  return visibleLine(change.deposed === undefined ? change.address : `${change.address} (deposed ${change.deposed})`);
}

function resourceChange(change: PlannedChange, show: (text: string) => string): readonly ResourceChange[] {
  const action = previewAction(change);
  if (action === 'no-op') return [];
  const reason = reasonOf(change);
  return [
    {
      address: addressOf(change),
      action,
      ...(reason === undefined ? {} : { reason: show(reason) }),
      attributes: attributeChanges(change).map((attribute) => ({
        ...attribute,
        path: show(attribute.path),
        before: mapTexts(attribute.before, show),
        after: mapTexts(attribute.after, show),
      })),
    },
  ];
}

function reasonOf(change: PlannedChange): string | undefined {
  const reasons = [
    change.reason === undefined ? undefined : reasonWords(change.reason),
    change.previousAddress === undefined ? undefined : `moved from ${change.previousAddress}`,
    change.importId === undefined ? undefined : `imported as ${change.importId}`,
    change.actions.includes('forget') ? 'no longer managed, not destroyed' : undefined,
  ].filter((reason) => reason !== undefined);
  return reasons.length === 0 ? undefined : reasons.join(', ');
}

function planNotes(plan: TerraformPlan): readonly string[] {
  return [
    ...plan.outputs
      .filter(({ actions }) => !isNoOp(actions))
      .map((output) => `output ${output.name}: ${outputText(output)}`),
    ...plan.checks
      .filter(({ status }) => status === 'fail' || status === 'error')
      .map((check) => `${check.address} does not hold now: ${check.problems.join('; ') || check.status}`),
    ...plan.drifted.map((change) => `${addressOf(change)} was changed outside of Terraform since its last run`),
    ...plan.deferred.map((address) => `${address} is put off to a later plan`),
    ...(plan.isComplete ? [] : ['the plan is not complete: another one will be needed afterwards']),
  ];
}

function outputText(output: TerraformPlan['outputs'][number]): string {
  const action = output.actions.join(', ');
  return output.isSensitive
    ? `${action} (sensitive)`
    : `${action}, from ${valueText(output.before)} to ${valueText(output.after)}`;
}

function valueText(value: Json): string {
  return value === null ? '(nothing or not known yet)' : JSON.stringify(value);
}

/** The one text of a plan, whenever it was made: two plans of the same change have the same. */
export function canonicalPlan(document: JsonObject): string {
  return canonicalJson(mapTexts(document, (text) => text.toWellFormed()));
}
