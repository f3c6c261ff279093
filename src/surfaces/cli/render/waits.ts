/** Says what a proposal waits for, in words. */

import { visibleLine } from '../../../kernel/index.ts';
import type { Paint } from '../terminal.ts';
import type { WaitView } from '../view/waits-view.ts';

const WHY: Readonly<Record<WaitView['why'], string>> = {
  busy: 'which is executing or waits for its verdict',
  held: 'which left it in doubt',
};

/** A line for each that is in the way. @param own  the name of the waiting proposal's target */
export function waitLines(waits: readonly WaitView[], own: string, paint: Paint): readonly string[] {
  return waits.map(({ id, target, why }) => {
    const name = target === own ? '' : `, at the same place under the target name ${visibleLine(target)}`;
    return paint('warning', `  waits for ${visibleLine(id)}, ${WHY[why]}${name}`);
  });
}
