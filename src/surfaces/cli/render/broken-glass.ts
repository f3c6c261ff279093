/** A broken glass, loudly, wherever a proposal is listed or shown: one person went alone, and somebody else has to look at it. */

import type { Paint } from '../terminal.ts';
import type { GlassView } from '../view/glass-view.ts';

/** The line that shouts; none where the glass is whole or was reviewed. */
export function brokenGlass(glass: GlassView, paint: Paint): readonly string[] {
  if (glass !== 'broken') return [];
  return [paint('bad', '  THE GLASS WAS BROKEN: one person approved alone, and a review is owed')];
}
