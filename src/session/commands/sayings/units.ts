import type { AreaUnit, LengthUnit } from '../../../plan/terms/units.ts';

/** A unit as answers write it: "m²", "ha", "px". */
export const unitText = (unit: AreaUnit | LengthUnit): string => unit.replace(/2$/, '²');
