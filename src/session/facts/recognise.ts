import { type StatisticsQuestion, type ValueQuestion, valuesAsked } from './values/asked.ts';

/** What the app knows of an image without a model. */
export type Fact = { kind: 'header'; id: HeaderFact } | StatisticsQuestion | ValueQuestion;

/** What a file's header tells. */
export type HeaderFact =
  | 'resolution'
  | 'crs'
  | 'size'
  | 'place'
  | 'country'
  | 'date'
  | 'sensor'
  | 'bands'
  | 'type'
  | 'nodata'
  | 'file';

/** The image itself, in the words of the question. */
const IMAGE = '(image|picture|scene|photo|raster|file|tile|geotiff|tiff|view|frame|data ?set)';

/**
 * Words by which each fact is asked for; the first that fits counts. They name properties of a file, not things on the ground, so
 * that a question about the largest building is never taken for one about the file.
 */
const ASKED: readonly [HeaderFact, RegExp][] = [
  [
    'resolution',
    /(?<!\b(radiometric|spectral|temporal) )\bresolution\b|\bgsd\b|\bground sampl\w+ (distance|interval)|\bpixel (size|spacing)\b|\b(met(re|er)s?|cm|feet) (per|a|is one|does a) pixel\b|\bhow (large|big|wide) is (a|one|each) pixel\b|分辨率|像元(大小|尺寸)|(一|每)个?像(素|元).*(多少|几)/i,
  ],
  [
    'crs',
    /\b(crs|epsg|srs)\b|\bcoordinate (reference )?systems?\b|\b(map )?projection\b|\bdatum\b|\butm zone\b|坐标系|投影|基准面/i,
  ],
  ['bands', /\bbands?\b(?! ?saw)|\bspectral channels?\b|波段/i],
  [
    'country',
    new RegExp(
      `\\b(which|what) (country|ocean) (is|was|are|am|does) (this|it|that|we|i|(this|the) ${IMAGE})\\b|^(in )?(which|what) country\\??$|^country\\??$|\\bname of (the|this) country\\??$|\\bis (this|it|the (image|scene)) (on land|at sea|in the (sea|ocean))\\b|(^|[,，。:：])(请问)?(这|此|该|本|图|它|影像|照片)?(里|儿|张图|幅图|个地方|片区域|中|像|片)*(是|在|属于|位于)?(哪|什么)一?个?国家?(的?(地方|领土|境内))?[?？]*$`,
      'i',
    ),
  ],
  [
    'date',
    new RegExp(
      `\\bwhen (is|was|were|are) (this|the|these|it)( ${IMAGE})?s? (taken|acquired|captured|shot|recorded|photographed|flown|sensed|from)\\b|\\b(acquisition|capture|sensing|recording) (date|time|year)\\b|\\b${IMAGE}('s)? (date|year|timestamp)\\b|\\b(date|time|day|year|month) (of|on which|when) (the |this )?(acquisition|capture|recording|${IMAGE})\\b|\\b(what|which) (date|year|day|month) (was|is) (this|the|it)( ${IMAGE})?( (taken|acquired|captured|shot|recorded|from))?\\??$|\\bhow old is (this|the) ${IMAGE}\\b|(什么时候|何时|哪一?[年天日]|几月|几号)(拍|获取|成像|采集|航拍)|(拍摄|获取|成像|采集|航拍)的?(日期|时间|年份|日)|(图像|影像|图片|照片)的?(日期|年份)`,
      'i',
    ),
  ],
  [
    'sensor',
    /\b(which|what) (sensor|satellite|camera|instrument|spacecraft)( (is|was|took|has taken|captured|acquired|made|produced|recorded|did|does)\b|\?*$)|\b(sensor|satellite|camera)('s)? (name|model|type)\b|\bname of the (sensor|satellite|camera)\b|\bwhat (took|captured|acquired) (this|the) (image|picture|scene|photo)\b|(哪|什么)一?[个颗种款台]?(传感器|卫星(?!天线)|相机|遥感器)|(传感器|相机)的?(名称|型号|类型|是)|卫星的?名称/i,
  ],
  [
    'nodata',
    /\bno[- ]?data[- ]values?\b|^(what('s| is) (the )?)?no[- ]?data\??$|(无效值|空值)(是|为|等于|多少)|^(无效值|空值)[?？]?$/i,
  ],
  ['type', /\bbit depth\b|\bdata ?type\b|\bhow many bits\b|\bradiometric resolution\b|位深|数据类型/i],
  [
    'file',
    /\b(what|which) compression\b|\bcompression (method|type|scheme|used)\b|\b(is|how is) (it|this|(this|the) \w+) compressed\b|^compression\??$|\bfile (format|name|size)\b|压缩方式|文件(格式|名|大小)/i,
  ],
  [
    'size',
    new RegExp(
      `\\bhow (big|large|wide|tall|high) is (this|the)( whole| entire)? ${IMAGE}\\b|\\b(size|dimensions?|width|height|area) of (this|the)( whole| entire)? ${IMAGE}\\b|\\b${IMAGE} (size|dimensions?)\\b|\\bhow many pixels\\b|(图像|影像|图片|照片)(有多大|多大|的?(大小|尺寸|面积))`,
      'i',
    ),
  ],
  [
    'place',
    new RegExp(
      `\\bwhere (is|was|are) (this|the|these)( ${IMAGE})?( (taken|located|from|on (the )?(map|earth|globe)))?\\s*\\??$|\\b(extent|bounds|bounding box|corner coordinates|centre coordinates|center coordinates|lat(itude)? and lon\\w*|coordinates) of (this|the) ${IMAGE}\\b|\\b${IMAGE} (extent|bounds|location)\\b|(图像|影像|图片|照片)(的?(范围|位置|四角坐标|中心坐标|坐标)|在哪)|这(里|张图)?是(哪里|什么地方的坐标)$`,
      'i',
    ),
  ],
];

/** Words that make it a question about things on the ground after all. */
const ABOUT_THINGS =
  /\b(count|find|how many (?!bands|bits|pixels|channels|met|cent|cm)|show me|detect|outline|segment)\b|多少[辆架栋棵艘座条片]|找出|检测/i;
const COUNTS_THINGS =
  /\b(count|how many (?!pixels)|detect|outline|segment)\b|多少[辆架栋棵艘座条片]|几[辆架栋棵艘座条片]/i;

/** The fact that a question asks for; null if it asks for something else. */
export function factAsked(question: string): Fact | null {
  const text = question.trim();
  const values = COUNTS_THINGS.test(text) ? null : valuesAsked(text);
  if (values) return values;
  if (ABOUT_THINGS.test(text)) return null;
  const id = ASKED.find(([, words]) => words.test(text))?.[0];
  return id === undefined ? null : { kind: 'header', id };
}
