/** The text that a runner or verifier signs of an event, so that no other process can speak in its name. */

import { canonicalJson, type JsonObject } from '../kernel/index.ts';

/**
 * Writes the text that an event's signature covers: purpose, proposal, and the whole body but the signature itself.
 *
 * @param proposal  the proposal's id: a signature can't be carried to another one
 * @param body  the body, with or without `signed`
 */
export function signedText(proposal: string, body: object): string {
  // Event bodies are JSON by construction: the record stores nothing else.
  const { signed: _, ...unsigned } = body as JsonObject;
  return canonicalJson({ purpose: 'countersign.event-signature/1', proposal, body: unsigned });
}
