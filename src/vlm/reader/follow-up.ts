import { type Plan, takesSeveralPlaces } from '../../plan/plan.ts';
import { parseWhere } from '../../plan/terms/where.ts';
import type { QuestionReading } from '../types.ts';

/** "And in the north?", "what about trucks?", "那卡车呢": questions that rely on the previous question's intent. */
const ELLIPSIS =
  /^(?:(?:and|but|also|now|then|or|so|ok|okay|what about|how about|same|the same|likewise|only|just)\b[ ,]*)+|^(?:那么?|还有|再|换成|改成|同样|然后|以及)[，,]?/;
/** Words that refer to things named before. */
const POINTING = /\b(?:them|those|these|they|ones?|it|its|their|that|same)\b|它们?|他们|这些|那些|其中|当中|这几|那几/;
/** Words that make a question complete. */
const ASKING =
  /\b(?:how|which|where|who|find|show|mark|count|number|list|is|are|do|does|can|measure|compare|describe|outline|total|average|biggest|largest|smallest|longest|nearest|closest|farthest|\w+most)\b|多少|几|有没有|哪|找|标|数|最|比|描述|是|吗|总|平均|面积|长度/;
/** Intents that need nothing from the previous question. */
const OWN = new Set(['describe', 'classify', 'identify', 'quality', 'help', 'outside']);

/**
 * Completes a question with the plan of the previous question. `said` is the question in normal form (`normalise`). A
 * complete question's reading is returned unchanged.
 */
export function followUp(said: string, reading: QuestionReading, before: Plan): QuestionReading {
  const completed = completedBy(said, reading, before);
  // "Show them" after a comparison of places is about all of them.
  const isSeveral = completed.where !== null && parseWhere(completed.where).kind === 'several';
  return isSeveral && !takesSeveralPlaces(completed.intent) ? { ...completed, where: null } : completed;
}

function completedBy(said: string, reading: QuestionReading, before: Plan): QuestionReading {
  const text = said.trim();
  const rest = text.replace(ELLIPSIS, '');
  const elliptical = rest !== text || /^[^?？]{1,12}呢[?？]?$/.test(text);
  const asks = ASKING.test(rest.replace(/^what about|^how about/, ''));
  if (elliptical && !asks) {
    // Only the thing, the place, the order or the condition is new.
    const subjects = reading.subjects.length > 0 ? reading.subjects : before.subjects;
    const where = reading.where ?? before.where;
    const { intent, quantity } = before;
    const order = reading.order ?? before.order;
    return {
      ...reading,
      intent,
      subjects,
      where,
      order,
      quantity,
      filter: reading.filter ?? before.filter,
      alternatives: [],
    };
  }
  const points = POINTING.test(text) || elliptical || reading.intent === 'extreme';
  if (reading.subjects.length > 0 || OWN.has(reading.intent) || !points) return reading;
  const kept = POINTING.test(text);
  return {
    ...reading,
    subjects: before.subjects,
    where: reading.where ?? (kept ? before.where : null),
    filter: reading.filter ?? (kept ? before.filter : null),
  };
}
