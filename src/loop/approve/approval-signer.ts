/** The port of a person's own key. */

import type { SshNamespace } from './namespaces.ts';

/** What is to be signed, and with which key. */
export type SigningRequest = {
  /** The exact text; its UTF-8 bytes are signed. */
  readonly text: string;
  readonly namespace: SshNamespace;
  /** A private key's file; or a `.pub` file, whose private half an agent holds. */
  readonly keyFile: string;
};

/** Signs with a person's own SSH key. The key may ask for a passphrase, a PIN or a touch: it takes as long as the person does. */
export interface ApprovalSigner {
  /** The armored SSH signature. @throws Failure `KEY_UNREADABLE`, `SIGNING_FAILED`, `TOOL_MISSING` */
  sign(request: SigningRequest): Promise<string>;
}
