/** What can be asked about. Which evidence there is of a subject (boxes, density, presence …) is for the model's card to say. */
export interface Subject {
  /** Canonical name: English, singular, lower case. */
  name: string;
  /** Null for what isn't counted: water, sand. */
  plural: string | null;
  zh: string;
  /** The Chinese measure word. */
  measure: string;
  /** Subjects of one group are offered for each other where a model has no class for the one asked about. */
  group: string;
  /** Long and narrow, maybe bent: its length isn't a side of a rectangle around it. */
  isLine?: boolean;
}

type Row = [name: string, plural: string | null, zh: string, measure: string];

/** The table, by group. */
const groups: Record<string, Row[]> = {
  aircraft: [
    ['airplane', 'airplanes', '飞机', '架'],
    ['helicopter', 'helicopters', '直升机', '架'],
  ],
  vehicle: [
    ['car', 'cars', '汽车', '辆'],
    ['truck', 'trucks', '卡车', '辆'],
    ['bus', 'buses', '公交车', '辆'],
    ['van', 'vans', '面包车', '辆'],
    ['motorcycle', 'motorcycles', '摩托车', '辆'],
    ['bicycle', 'bicycles', '自行车', '辆'],
    ['trailer', 'trailers', '拖车', '辆'],
    ['tractor', 'tractors', '拖拉机', '辆'],
    ['excavator', 'excavators', '挖掘机', '台'],
    ['train', 'trains', '火车', '列'],
  ],
  vessel: [['ship', 'ships', '船', '艘']],
  living: [
    ['person', 'people', '人', '个'],
    ['animal', 'animals', '动物', '只'],
  ],
  building: [
    ['building', 'buildings', '建筑物', '栋'],
    ['mobile home', 'mobile homes', '活动房屋', '栋'],
    ['greenhouse', 'greenhouses', '温室', '座'],
    ['hangar', 'hangars', '机库', '座'],
    ['tent', 'tents', '帐篷', '顶'],
    ['shed', 'sheds', '棚屋', '间'],
  ],
  industry: [
    ['storage tank', 'storage tanks', '储油罐', '个'],
    ['silo', 'silos', '筒仓', '座'],
    ['chimney', 'chimneys', '烟囱', '座'],
    ['cooling tower', 'cooling towers', '冷却塔', '座'],
    ['crane', 'cranes', '起重机', '台'],
    ['container', 'containers', '集装箱', '个'],
    ['pipeline', 'pipelines', '管道', '条'],
    ['construction site', 'construction sites', '建筑工地', '处'],
    ['mine', 'mines', '矿场', '座'],
  ],
  energy: [
    ['solar panel', 'solar panels', '太阳能板', '块'],
    ['wind turbine', 'wind turbines', '风力发电机', '台'],
    ['power pole', 'power poles', '电线杆', '根'],
    ['power line', 'power lines', '输电线', '条'],
  ],
  sport: [
    ['tennis court', 'tennis courts', '网球场', '个'],
    ['basketball court', 'basketball courts', '篮球场', '个'],
    ['baseball diamond', 'baseball diamonds', '棒球场', '个'],
    ['soccer field', 'soccer fields', '足球场', '个'],
    ['running track', 'running tracks', '田径跑道', '条'],
    ['court', 'courts', '球场', '个'],
    ['golf course', 'golf courses', '高尔夫球场', '个'],
    ['stadium', 'stadiums', '体育场', '座'],
    ['playground', 'playgrounds', '游乐场', '个'],
  ],
  transport: [
    ['road', 'roads', '道路', '条'],
    ['bridge', 'bridges', '桥梁', '座'],
    ['overpass', 'overpasses', '立交桥', '座'],
    ['roundabout', 'roundabouts', '环岛', '个'],
    ['intersection', 'intersections', '交叉路口', '个'],
    ['crosswalk', 'crosswalks', '人行横道', '条'],
    ['railway', 'railways', '铁路', '条'],
    ['runway', 'runways', '机场跑道', '条'],
    ['taxiway', 'taxiways', '滑行道', '条'],
    ['parking lot', 'parking lots', '停车场', '个'],
    ['pavement', null, '铺装路面', '片'],
  ],
  waterside: [
    ['dock', 'docks', '码头', '座'],
    ['dam', 'dams', '水坝', '座'],
    ['breakwater', 'breakwaters', '防波堤', '道'],
  ],
  pool: [['swimming pool', 'swimming pools', '游泳池', '个']],
  water: [
    ['water', null, '水体', '片'],
    ['sea', null, '海面', '片'],
    ['lake', 'lakes', '湖泊', '个'],
    ['river', 'rivers', '河流', '条'],
    ['pond', 'ponds', '池塘', '个'],
  ],
  plants: [
    ['vegetation', null, '植被', '片'],
    ['low vegetation', null, '草地和低矮植被', '片'],
    ['tree', 'trees', '树', '棵'],
    ['forest', 'forests', '森林', '片'],
    ['grass', null, '草地', '片'],
    ['chaparral', null, '灌木丛', '片'],
    ['field', 'fields', '田地', '块'],
    ['hedge', 'hedges', '树篱', '道'],
    ['wetland', 'wetlands', '湿地', '片'],
  ],
  ground: [
    ['bare soil', null, '裸土', '片'],
    ['sand', null, '沙地', '片'],
    ['beach', 'beaches', '海滩', '片'],
    ['rock', null, '岩石', '片'],
    ['snow', null, '积雪', '片'],
  ],
  // Answered from the land cover alone; the first is all of it.
  cover: [
    ['land cover', null, '土地覆盖', '种'],
    ['built-up area', null, '建成区', '片'],
    ['sealed ground', null, '不透水地面', '片'],
  ],
  sky: [
    ['cloud', 'clouds', '云', '朵'],
    ['shadow', 'shadows', '阴影', '处'],
  ],
  refuse: [
    ['waste', null, '垃圾', '堆'],
    ['fire', 'fires', '火点', '处'],
    ['smoke', null, '烟雾', '片'],
  ],
};

const lines = new Set([
  'road',
  'railway',
  'runway',
  'taxiway',
  'river',
  'pipeline',
  'power line',
  'breakwater',
  'hedge',
  'bridge',
]);

const subjects: readonly Subject[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(([name, plural, zh, measure]) => ({
    name,
    plural,
    zh,
    measure,
    group,
    ...(lines.has(name) && { isLine: true }),
  })),
);

const byName = new Map(subjects.map((subject) => [subject.name, subject]));
const byWord = new Map(
  subjects.flatMap((subject) =>
    [subject.name, subject.plural ?? subject.name, subject.zh].map((word) => [word, subject]),
  ),
);

/** All classes of the ground, as a subject. */
export const LAND_COVER = 'land cover';

/** All canonical names. */
export const subjectNames: readonly string[] = subjects.map(({ name }) => name);

/** The subject with this canonical name; null if there is none (`other:…`). */
export function subjectOf(name: string): Subject | null {
  return byName.get(name) ?? null;
}

/** The subject that a word names exactly: singular, plural or Chinese. Synonyms are for whoever reads questions. */
export function subjectNamed(word: string): Subject | null {
  return byWord.get(word.trim().toLowerCase()) ?? null;
}

const OTHER = 'other:';

/** What a subject without a canonical name is called by the person who asked; null for a canonical name. */
export function otherWord(name: string): string | null {
  return name.startsWith(OTHER) ? name.slice(OTHER.length) : null;
}

/** A subject's words; of one that isn't in the table, its own word in both languages. */
export function wordsFor(name: string): Pick<Subject, 'name' | 'plural' | 'zh' | 'measure'> {
  const known = subjectOf(name);
  if (known) return known;
  const word = otherWord(name) ?? name;
  return { name: word, plural: pluralOf(word), zh: word, measure: '个' };
}

/** Those of `known` that are of the same group as the subject, in their order. */
export function kinOf(name: string, known: readonly string[]): string[] {
  const group = subjectOf(name)?.group;
  return group === undefined ? [] : known.filter((each) => each !== name && subjectOf(each)?.group === group);
}

const irregular: Record<string, string> = {
  person: 'people',
  man: 'men',
  woman: 'women',
  child: 'children',
  mouse: 'mice',
  sheep: 'sheep',
  deer: 'deer',
  aircraft: 'aircraft',
};

/** The plural of an English noun that isn't in the table. A word that looks like a plural stays as it is. */
export function pluralOf(word: string): string {
  const [, before = '', last = word] = /^(.* )?(\S+)$/.exec(word) ?? [];
  const plural = irregular[last];
  if (plural) return before + plural;
  if (/[^\x20-\x7e]/.test(word) || /[^su]s$/.test(last)) return word;
  if (/(s|x|z|ch|sh)$/.test(last)) return `${word}es`;
  if (/[^aeiou]y$/.test(last)) return `${word.slice(0, -1)}ies`;
  return `${word}s`;
}
