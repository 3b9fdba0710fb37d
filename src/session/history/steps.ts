import { wordsFor } from '../../plan/subjects.ts';
import type { Language } from '../../tasks/task.ts';

type Words = (target: string) => string;

/** What each kind of step is called, given what it was done to. In English it finishes "Undo …". */
const labels = {
  'accept-object': { en: (object) => `accept ${object}`, zh: (object) => `接受${object}` },
  'reject-object': { en: (object) => `reject ${object}`, zh: (object) => `拒绝${object}` },
  'reset-object': { en: (object) => `reset ${object}`, zh: (object) => `重置${object}` },
  'accept-objects': { en: (objects) => `accept ${objects}`, zh: (objects) => `接受${objects}` },
  'reject-objects': { en: (objects) => `reject ${objects}`, zh: (objects) => `拒绝${objects}` },
  'remove-answer': { en: () => 'remove answer', zh: () => '删除回答' },
  'clear-answers': { en: () => 'clear conversation', zh: () => '清空对话' },
  'show-overlay': { en: (what) => `show ${what}`, zh: (what) => `显示${what}` },
  'hide-overlay': { en: (what) => `hide ${what}`, zh: (what) => `隐藏${what}` },
  'show-classes': { en: (classes) => `show ${classes}`, zh: (classes) => `显示${classes}` },
  'hide-classes': { en: (classes) => `hide ${classes}`, zh: (classes) => `隐藏${classes}` },
  'add-layer': { en: (layer) => `add ${layer}`, zh: (layer) => `添加${layer}` },
  'remove-layer': { en: (layer) => `remove ${layer}`, zh: (layer) => `移除${layer}` },
  'move-layer': { en: (layer) => `move ${layer}`, zh: (layer) => `移动${layer}` },
  'rename-layer': { en: (layer) => `name of ${layer}`, zh: (layer) => `${layer}的名称` },
  'set-visibility': { en: (layer) => `visibility of ${layer}`, zh: (layer) => `${layer}的可见性` },
  'set-opacity': { en: (layer) => `opacity of ${layer}`, zh: (layer) => `${layer}的不透明度` },
  'set-bands': { en: (layer) => `bands of ${layer}`, zh: (layer) => `${layer}的波段` },
  'set-display': { en: (layer) => `display of ${layer}`, zh: (layer) => `${layer}的显示方式` },
  'set-look': { en: (layer) => `look of ${layer}`, zh: (layer) => `${layer}的外观` },
  'set-sensor': { en: (layer) => `sensor of ${layer}`, zh: (layer) => `${layer}的传感器` },
  'set-stretch': { en: (layer) => `stretch of ${layer}`, zh: (layer) => `${layer}的拉伸` },
  'share-stretch': { en: (count) => `one stretch for ${count} layers`, zh: (count) => `${count} 个图层的统一拉伸` },
  'set-crs': { en: (layer) => `coordinate system of ${layer}`, zh: (layer) => `${layer}的坐标系` },
  'add-vectors': { en: (layer) => `add ${layer}`, zh: (layer) => `添加${layer}` },
  'remove-vectors': { en: (layer) => `remove ${layer}`, zh: (layer) => `移除${layer}` },
  'show-vectors': { en: (layer) => `show ${layer}`, zh: (layer) => `显示${layer}` },
  'hide-vectors': { en: (layer) => `hide ${layer}`, zh: (layer) => `隐藏${layer}` },
  'set-cover-look': { en: (layer) => `land cover of ${layer}`, zh: (layer) => `${layer}的土地覆盖显示` },
  'remove-cover': { en: (layer) => `remove land cover of ${layer}`, zh: (layer) => `移除${layer}的土地覆盖` },
  'mark-example': { en: (name) => `example of ${name || 'a new class'}`, zh: (name) => `${name || '新类别'}的样例` },
  'mark-counterexample': {
    en: (name) => `counterexample of ${name || 'a new class'}`,
    zh: (name) => `${name || '新类别'}的反例`,
  },
  'take-reviewed': { en: (name) => `examples of ${name} from reviews`, zh: (name) => `由审核得到的${name}样例` },
  'change-example': {
    en: (name) => `change to an example of ${name || 'a new class'}`,
    zh: (name) => `修改${name || '新类别'}的样例`,
  },
  'unmark-example': {
    en: (name) => `removal of an example of ${name || 'a new class'}`,
    zh: (name) => `删除${name || '新类别'}的样例`,
  },
  'clear-lesson': {
    en: (name) => `new class in place of ${name || 'the present one'}`,
    zh: (name) => `以新类别代替${name || '当前类别'}`,
  },
  'resume-lesson': { en: (name) => `examples of ${name}`, zh: (name) => `${name}的样例` },
  'teach-class': { en: (name) => `teaching ${name}`, zh: (name) => `教${name}` },
  'add-class': { en: (name) => `import of ${name}`, zh: (name) => `导入${name}` },
  'remove-class': { en: (name) => `remove ${name}`, zh: (name) => `移除${name}` },
} satisfies Record<string, Record<Language, Words>>;

export type StepId = keyof typeof labels;

/** A step that can be undone or redone. */
export interface Step {
  id: StepId;
  /** Name of what it changed, in English; empty where there is only one. */
  target: string;
  /** For the user, e.g. "reject airplane 2". */
  label: string;
  /** Tells it from every other step, also of earlier page loads. */
  key: string;
}

export function stepOf(id: StepId, target: string, key: string): Step {
  return { id, target, label: labels[id].en(target), key };
}

/** The step's name in a language; names of layers stay as they are. */
export function stepName({ id, target }: Pick<Step, 'id' | 'target'>, language: Language): string {
  if (language === 'en') return labels[id].en(target);
  return labels[id].zh(/-(object|objects|overlay|classes)$/.test(id) ? inChinese(target) : target);
}

/** "airplane 2", "3 objects", "boxes", "car, airplane". */
function inChinese(target: string): string {
  const [, count] = /^([\d,]+) objects?$/.exec(target) ?? [];
  if (count !== undefined) return ` ${count} 个对象`;
  if (target === 'boxes') return '框';
  if (target === 'masks') return '掩膜';
  if (target === 'all classes') return '所有类别';
  const [, label, number] = /^(.+) (\d+)$/.exec(target) ?? [];
  if (label !== undefined) return `${wordsFor(label).zh} ${number}`;
  return target
    .split(', ')
    .map((each) => wordsFor(each).zh)
    .join('、');
}
