/** What the app knows of an image without a model. */
export type FactId = 'resolution' | 'crs' | 'size' | 'place' | 'bands' | 'type' | 'nodata' | 'file' | 'ndvi' | 'ndwi';

/** The image itself, in the words of the question. */
const IMAGE = '(image|picture|scene|photo|raster|file|tile|geotiff|tiff|view|frame|data ?set)';

/**
 * Words by which each fact is asked for; the first that fits counts. They name properties of a file, not things on the ground, so
 * that a question about the largest building is never taken for one about the file.
 */
const ASKED: readonly [FactId, RegExp][] = [
  ['ndvi', /\bndvi\b|\bvegetation index\b|植被指数/i],
  ['ndwi', /\bndwi\b|\bwater index\b|水体指数/i],
  [
    'resolution',
    /\b(spatial |ground |pixel )?resolution\b|\bgsd\b|\bground sampl\w+ (distance|interval)|\bpixel (size|spacing)\b|\b(met(re|er)s?|cm|feet) (per|a|is one|does a) pixel\b|\bhow (large|big|wide) is (a|one|each) pixel\b|分辨率|像元(大小|尺寸)|(一|每)个?像(素|元).*(多少|几)/i,
  ],
  [
    'crs',
    /\b(crs|epsg|srs)\b|\bcoordinate (reference )?systems?\b|\b(map )?projection\b|\bdatum\b|\butm zone\b|坐标系|投影|基准面/i,
  ],
  ['bands', /\bbands?\b(?! ?saw)|\bspectral channels?\b|波段/i],
  ['nodata', /\bno[- ]?data\b|无效值|空值/i],
  ['type', /\bbit depth\b|\bdata ?type\b|\bhow many bits\b|\bradiometric\b|位深|数据类型/i],
  ['file', /\bcompress(ed|ion)\b|\bfile (format|name|size)\b|压缩方式|文件(格式|名|大小)/i],
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

/** The fact that a question asks for; null if it asks for something else. */
export function factAsked(question: string): FactId | null {
  const text = question.trim();
  if (ABOUT_THINGS.test(text)) return null;
  return ASKED.find(([, words]) => words.test(text))?.[0] ?? null;
}
