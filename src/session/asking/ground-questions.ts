import type { Plan } from '../../plan/plan.ts';
import { LAND_COVER } from '../../plan/subjects.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { coverSubjectsIn } from '../evidence/cover-subjects.ts';
import { headsFor } from '../evidence/subjects-of-model.ts';

/** Questions about the ground that readers never learned, since no model told its classes: read by rules, for a model that does. */

const ALL =
  /\bland[ -]?(cover|use)\b|\bground cover\b|\bcover(age)? (types?|class(es)?|map)\b|土地(覆盖|覆被|利用)|地表覆盖|地物(分类|类型)|覆盖类型/i;
/** "Which class covers most?", without the words above. */
const CLASS_OF_ALL =
  /\b(which|what) (class|kind|type|category|sort)( of (ground|surface|land))?\b.*\b(covers?|takes?( up)?|dominates?|is|most|least)\b|\bwhat (covers|takes up) (the )?(most|least|largest|smallest)\b|\bwhat is most of (it|this|the (ground|image|area|scene|land))\b|哪一?[种类](地物|地表|地面|类别|覆盖|.*最)|什么(地物|类别|覆盖)/i;
const MOST =
  /\b(most|largest|biggest|main|dominant|dominates?|predominant|prevailing|majority)\b|最(大|多|广|主要)|主要|为主/i;
const LEAST = /\b(least|smallest|rarest|fewest)\b|最(小|少)/i;
const SHOWN = /\b(map|layer|show|display|draw|plot)\b|图|显示|画/i;
const GREEN = /\bhow green\b|\bgreenness\b|绿化(率|程度|覆盖)|有多绿|多绿/i;
/** Readers take these for pavement alone. */
const SEALED = /\bimpervious\b|\bsealed (surface|ground|area)|不透水|硬化(地面|面积|率)/i;
const AMOUNT =
  /\b(tree|forest|grass|vegetation) cover\b|\bhow much\b|\b(what|which) (share|percentage|percent|fraction|proportion|part)\b|\b(share|percentage|fraction|proportion) of\b|占(比|多少|了多少|百分)|比例|多少(?![辆架栋棵艘座条片个只])|覆盖率/i;
/** These ask for a share even if they name an area: "how much of the area". */
const SHARE =
  /\bhow much of\b|\b(share|percentage|percent|fraction|proportion|part)\b|占(比|多少|了多少|百分)|比例|率/i;
/** Of a thing and not of its area: "how much is the house worth". */
const WORTH = /\b(worth|cost|price|weigh|older?|taller?|higher?|deeper?|depth|height)\b|值多少|价|重|高|深/i;
const MARKED =
  /\b(marked|drawn|selected|outlined) (region|area|part|box|rectangle)\b|(标出|標出|标记|画出|框选|选定)的?(区域|區域|范围)/i;
/** These ask for an area. */
const AREA = /\b(hectares?|ha|acres?|square (kilo)?met(re|er)s?|km2|m2|km²|m²|area)\b|公顷|平方|亩|面积/i;

/** How sure a reading by these rules is. */
const CERTAINTY = 0.95;
/** What these questions are taken for where readers don't know them. */
const MISTAKEN: readonly Plan['intent'][] = [
  'count',
  'outside',
  'measure',
  'describe',
  'classify',
  'extreme',
  'exists',
  'attribute',
];

/** A question's plan, or a better one where it asks about the ground and the model has its land cover. */
export function groundAsked(text: string, plan: Plan, model: ModelInfo): Plan {
  const labels = model.cover?.labels ?? [];
  if (labels.length === 0 || plan.intent === 'change' || plan.intent === 'quality') return plan;
  const about = (subjects: string[], change: Partial<Plan>): Plan => ({
    ...plan,
    intent: 'measure',
    subjects,
    order: null,
    quantity: AREA.test(text) && !SHARE.test(text) ? 'total area' : 'share',
    filter: null,
    certainty: Math.max(plan.certainty, CERTAINTY),
    ...change,
  });
  const isOfClasses = plan.subjects.length === 0 && CLASS_OF_ALL.test(text) && (MOST.test(text) || LEAST.test(text));
  const where = plan.where ?? (MARKED.test(text) ? 'marked region' : null);
  if (ALL.test(text) || isOfClasses) {
    const order = LEAST.test(text) ? 'smallest' : MOST.test(text) ? 'largest' : null;
    if (order) return about([LAND_COVER], { intent: 'extreme', where, order, quantity: null });
    return about(
      [LAND_COVER],
      SHOWN.test(text) ? { intent: 'find', where, quantity: null } : { where, quantity: 'share' },
    );
  }
  if (GREEN.test(text)) return about(['vegetation'], { quantity: 'share' });
  if (
    !(AMOUNT.test(text) || AREA.test(text)) ||
    WORTH.test(text) ||
    !MISTAKEN.includes(plan.intent) ||
    plan.order !== null ||
    plan.filter !== null
  )
    return plan;
  const isGround = (subject: string) => {
    const { box, density, cover } = headsFor(subject, model);
    return cover !== null && (box === null || density !== null);
  };
  // Readers take "low" for no part of a name.
  const [named] = coverSubjectsIn(text, labels);
  if (named === 'low vegetation' && plan.subjects.join() === 'vegetation') return about([named], {});
  if (SEALED.test(text) && plan.subjects.join() === 'pavement' && isGround('sealed ground'))
    return about(['sealed ground'], {});
  const said = plan.subjects.length > 0 ? plan.subjects : coverSubjectsIn(text, labels).filter(isGround);
  if (said.length === 0 || !said.every(isGround)) return plan;
  // "How much of the trees …" may still count them: only what is asked as an amount is taken for ground.
  const isCount = /\bhow many\b|多少[辆架栋棵艘座条片个只]/i.test(text);
  return isCount && !AREA.test(text) ? plan : about(said, {});
}
