/** What an SSH signature is for: a signature for one purpose is worth nothing for another. */

/** The namespaces of approvals and rejections, of trust files, and of statements (releases of held targets, reviews of broken glass). */
export const NAMESPACES = {
  approval: 'countersign',
  trust: 'countersign-trust',
  statement: 'countersign-statement',
} as const;

/** The purposes that Countersign signs for. */
export type SshNamespace = (typeof NAMESPACES)[keyof typeof NAMESPACES];
