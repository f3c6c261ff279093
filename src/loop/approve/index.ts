/** The door of phase 3, approve: the trust file, the policy, and the signatures of people. */

export type { ApprovalRequest } from './approval-document.ts';
export { approvalDocument } from './approval-document.ts';
export type { ApprovalSigner, SigningRequest } from './approval-signer.ts';
export type { SshNamespace } from './namespaces.ts';
export { NAMESPACES } from './namespaces.ts';
export type { PolicyOptions } from './policy/policy-of.ts';
export { policyOf } from './policy/policy-of.ts';
export type {
  AdmissionAnswer,
  AdmissionQuestion,
  ResolvedTarget,
  TargetPolicy,
  TargetQuestion,
} from './policy/target-policy.ts';
export type { CitedEvidence, PreviewOptions } from './preview/render-preview.ts';
export { renderPreview } from './preview/render-preview.ts';
export type { SealedChange, SealedParts, SealedPreview, SealedState } from './read-sealed.ts';
export { readSealed } from './read-sealed.ts';
export type { SshKey, SshKeyAnswer, SshKeyType } from './ssh/ssh-key.ts';
export { parseSshKey } from './ssh/ssh-key.ts';
export type { StatementRequest } from './statement-document.ts';
export { statementDocument } from './statement-document.ts';
export type { AcceptedTrust, PinnedTrust, PresentedTrust, TrustPin } from './trust/accept-trust.ts';
export { acceptTrust } from './trust/accept-trust.ts';
export type { NewApprover } from './trust/add-approver.ts';
export { addApprover } from './trust/add-approver.ts';
export type { PublishedSchemas } from './trust/json-schemas.ts';
export { publishedSchemas } from './trust/json-schemas.ts';
export { parseTrust } from './trust/parse-trust.ts';
export type { RepositoryRules } from './trust/repository-rules.ts';
export { parseRepositoryRules } from './trust/repository-rules.ts';
export type { StarterParties } from './trust/starter-trust.ts';
export { starterTrust } from './trust/starter-trust.ts';
export type { Disowned, Trust } from './trust/trust.ts';
export type {
  AcceptanceMark,
  TrustHistory,
  TrustPeriod,
  TrustVersion,
  TrustVersions,
} from './trust/trust-history.ts';
export { trustHistory } from './trust/trust-history.ts';
