/** The programme of the range. */

import type { Act } from './act.ts';
import { halfWayAct } from './acts/half-way.ts';
import { migrationAct } from './acts/migration.ts';
import { RECORD_ACT } from './acts/record.ts';
import { terraformAct } from './acts/terraform.ts';
import type { Place } from './place.ts';

/** All acts in their order. Without Terraform one is skipped visibly and another is played with a script. */
export function practiceActs(place: Place, hasTerraform: boolean): readonly Act[] {
  const skipped = hasTerraform ? undefined : 'there is no terraform on the PATH';
  return [migrationAct(place), terraformAct(place, skipped), halfWayAct(place, hasTerraform), RECORD_ACT];
}
