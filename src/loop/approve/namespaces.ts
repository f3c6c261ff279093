/** What an SSH signature is for: a signature for one purpose is worth nothing for another. */

/** The namespace of approvals and rejections. */
export const APPROVAL_NAMESPACE = 'countersign';

/** The namespace of trust files. */
export const TRUST_NAMESPACE = 'countersign-trust';

/** The purposes that Countersign signs for. */
export type SshNamespace = typeof APPROVAL_NAMESPACE | typeof TRUST_NAMESPACE;
