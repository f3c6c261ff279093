/** The trust file: first use, later changes by signature, and who believes it. */

import type { Trusting } from '../../../compose.ts';
import { EXIT, Failure, isFailure, type Refusal } from '../../../kernel/index.ts';
import { addApprover, parseTrust } from '../../../loop/approve/index.ts';
import type { CliContext } from '../context.ts';
import { readPublicKey } from '../find-signer.ts';
import { type CommonFlags, perform } from '../perform.ts';
import { refuseAgent } from '../refuse-agent.ts';
import { refuseInterrupted } from '../refuse-interrupted.ts';
import { ignoredLines } from '../render/broken-record.ts';
import { signTrust } from '../sign-trust.ts';
import type { CommandResult, Paint } from '../terminal.ts';

/** Flags of `countersign approver add`. */
export type ApproverAddFlags = CommonFlags & {
  readonly sshKey: string;
  readonly account: readonly string[];
  readonly signWith: string | undefined;
};

/** Runs `countersign approver add`. The first approver is trusted on first use; later ones need a signature. */
export async function runApproverAdd(this: CliContext, flags: ApproverAddFlags, name: string): Promise<void> {
  await perform(this, flags, async ({ paint, surroundings }) => {
    const refusal = refuseAgent(surroundings.caller, 'the trust file', name);
    if (refusal !== undefined) return refusal;
    const trusting = await this.countersign.trusting((text) => this.terminal.stderr.write(text));
    const key = await readPublicKey(surroundings, flags.sshKey);
    const approver = { name, keys: [key], accounts: flags.account };
    const present = await trusting.present();
    if (present === undefined) return await makeFirst(trusting, approver, paint);
    if (flags.signWith === undefined) return unsignedChange(trusting, name, flags.sshKey);
    const text = addApprover(new TextDecoder().decode(present.bytes), approver);
    const signature = await signTrust(surroundings, trusting, text, flags.signWith);
    refuseInterrupted(this.interrupted);
    await trusting.write(text, signature);
    await believeAll(trusting);
    return {
      exitCode: EXIT.done,
      text: `${paint('strong', name)} may approve now; the trust file is signed`,
      json: { schema: 'countersign.trust-answer/1', file: trusting.paths.file, approver: name },
    };
  });
}

async function makeFirst(
  trusting: Trusting,
  approver: { readonly name: string; readonly keys: readonly string[]; readonly accounts: readonly string[] },
  paint: Paint,
): Promise<CommandResult> {
  await trusting.writeFirst(approver);
  await believeAll(trusting);
  return {
    exitCode: EXIT.done,
    text: [
      `${paint('strong', approver.name)} may approve; trusted on first use`,
      `  trust file  ${trusting.paths.file}`,
      '  later changes need a signature: countersign trust sign --ssh-key FILE',
    ].join('\n'),
    json: { schema: 'countersign.trust-answer/1', file: trusting.paths.file, approver: approver.name },
  };
}

function unsignedChange(trusting: Trusting, name: string, key: string): Refusal {
  return {
    kind: 'refused',
    code: 'KEY_NOT_REGISTERED',
    what: 'this change of the trust file',
    where: trusting.paths.file,
    why: 'it has approvers already, and a later change needs the signature of one of them',
    next: `countersign approver add ${name} --ssh-key ${key} --sign-with THEIR_PRIVATE_KEY`,
  };
}

/** Flags of `countersign trust init`. */
export type TrustInitFlags = CommonFlags & { readonly approver: string; readonly sshKey: string };

/** Runs `countersign trust init`. */
export async function runTrustInit(this: CliContext, flags: TrustInitFlags): Promise<void> {
  await perform(this, flags, async ({ paint, surroundings }) => {
    const refusal = refuseAgent(surroundings.caller, 'the trust file', flags.approver);
    if (refusal !== undefined) return refusal;
    const trusting = await this.countersign.trusting((text) => this.terminal.stderr.write(text));
    if ((await trusting.present()) !== undefined) {
      throw new Failure('REFUSED', 'there is a trust file already', {
        hint: 'edit it, raise its version, and sign it: countersign trust sign --ssh-key FILE',
        where: trusting.paths.file,
      });
    }
    const key = await readPublicKey(surroundings, flags.sshKey);
    return await makeFirst(trusting, { name: flags.approver, keys: [key], accounts: [] }, paint);
  });
}

/** Runs `countersign trust sign`. */
export async function runTrustSign(this: CliContext, flags: CommonFlags & { readonly sshKey: string }): Promise<void> {
  await perform(this, flags, async ({ paint, surroundings }) => {
    const trusting = await this.countersign.trusting((text) => this.terminal.stderr.write(text));
    const refusal = refuseAgent(surroundings.caller, 'the trust file', trusting.paths.file);
    if (refusal !== undefined) return refusal;
    const text = await presentText(trusting);
    const signature = await signTrust(surroundings, trusting, text, flags.sshKey);
    refuseInterrupted(this.interrupted);
    await trusting.write(text, signature);
    await believeAll(trusting);
    return {
      exitCode: EXIT.done,
      text: `${paint('good', 'signed')}  ${trusting.paths.file}`,
      json: { schema: 'countersign.trust-answer/1', file: trusting.paths.file },
    };
  });
}

/** Runs `countersign trust check`: exits with 0 when everybody who can be asked here believes it, 1 when somebody does not. */
export async function runTrustCheck(this: CliContext, flags: CommonFlags): Promise<void> {
  await perform(this, flags, async ({ paint }) => {
    const trusting = await this.countersign.trusting((text) => this.terminal.stderr.write(text));
    const trust = parseTrust(await presentText(trusting), trusting.paths.file);
    const answers = await askAll(trusting);
    const lines = answers.map(({ who, answer }) =>
      answer === undefined
        ? `  ${paint('good', 'accepts')}  ${who}`
        : `  ${paint('bad', 'refuses')}  ${who}: ${answer}`,
    );
    const isBelieved = answers.every(({ answer }) => answer === undefined);
    const ignored = isBelieved ? await trusting.disownedInVain() : [];
    const { file } = trusting.paths;
    return {
      exitCode: isBelieved ? EXIT.done : EXIT.refused,
      text: [
        `${file}  version ${trust.version}, ${trust.approvers.length} approver(s)`,
        ...lines,
        ...ignoredLines(ignored, paint),
      ].join('\n'),
      json: { schema: 'countersign.trust-check/1', file, version: trust.version, answers, ignored },
    };
  });
}

type Believed = { readonly who: string; readonly answer: string | undefined };

async function askAll(trusting: Trusting): Promise<readonly Believed[]> {
  const answers: Believed[] = [];
  for (const believer of await trusting.believers()) {
    if (!believer.isOurs) {
      answers.push({ who: `${believer.who} (another account: ask it there)`, answer: undefined });
      continue;
    }
    answers.push({ who: believer.who, answer: await refusalOf(trusting, believer.home) });
  }
  return answers;
}

async function refusalOf(trusting: Trusting, home: string): Promise<string | undefined> {
  try {
    await trusting.believe(home);
    return undefined;
  } catch (thrown) {
    if (isFailure(thrown)) return `${thrown.message}; ${thrown.hint}`;
    throw thrown;
  }
}

async function believeAll(trusting: Trusting): Promise<void> {
  for (const believer of await trusting.believers()) if (believer.isOurs) await trusting.believe(believer.home);
}

async function presentText(trusting: Trusting): Promise<string> {
  const present = await trusting.present();
  if (present !== undefined) return new TextDecoder().decode(present.bytes);
  throw new Failure('TRUST_MISSING', 'there is no trust file yet', {
    hint: 'countersign approver add NAME --ssh-key FILE.pub makes one',
    where: trusting.paths.file,
  });
}
