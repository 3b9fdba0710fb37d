import type { PixelWindow, Point } from '../../geo/types.ts';
import type { SceneInfo, StatedFacts } from '../../imagery/image.ts';
import { groundOf } from '../../plan/ground/ground.ts';
import type { Language } from '../../tasks/task.ts';
import type { HeaderFact } from './recognise.ts';
import { areaText, grouped, lat, lon } from './values/numbers.ts';

/** Facts from a file's header, as sentences. */

/** Those that need nothing but the header. */
type PlainFact = Exclude<HeaderFact, 'country'>;

/** `region`: inside the image; facts about size and place are of it where it isn't the whole image. */
export function tellFact(fact: PlainFact, info: SceneInfo, region: PixelWindow, language: Language): string {
  return tellers[fact](info, region, language === 'zh');
}

const tellers: Record<PlainFact, (info: SceneInfo, region: PixelWindow, zh: boolean) => string> = {
  resolution: ({ gsdMetres, georeference }, _region, zh) => {
    if (!gsdMetres) {
      const why = georeference.kind === 'none' ? georeference.reason : '';
      return zh
        ? '这幅图像没有地面分辨率：它没有地理参考。'
        : `The image states no ground resolution: it has no place. ${why}`.trim();
    }
    const { x, y } = gsdMetres;
    const same = Math.abs(x - y) < 0.005 * Math.max(x, y);
    const size = same ? `${short(x)} m` : `${short(x)} × ${short(y)} m`;
    return zh ? `一个像素在地面上为 ${size.replace('m', '米')}。` : `A pixel shows ${size} of ground.`;
  },
  crs: ({ georeference: place }, _region, zh) => {
    if (place.kind === 'none') return zh ? '图像没有坐标系。' : `The image has no coordinate system. ${place.reason}`;
    const name = [place.crs, place.crsName].filter((each) => each).join(', ') || (zh ? '未注明' : 'not named');
    const source = place.chosenOver ? (zh ? '（由用户选择）' : ', chosen by the user') : '';
    return zh ? `坐标系：${name}${source}。` : `Its coordinate system is ${name}${source}.`;
  },
  size: (info, region, zh) => {
    const { width, height } = info;
    const area = areaOf(info, { x: 0, y: 0, width, height });
    const pixels = `${grouped(width)} × ${grouped(height)}`;
    const whole = zh
      ? `图像为 ${pixels} 像素${area === null ? '' : `，面积 ${areaText(area)}`}。`
      : `The image is ${pixels} pixels${area === null ? '' : `, ${areaText(area)} of ground`}.`;
    if (region.width === width && region.height === height) return whole;
    const part = areaOf(info, region);
    if (part === null) return whole;
    return zh ? `${whole}所问区域为 ${areaText(part)}。` : `${whole} The region asked about is ${areaText(part)}.`;
  },
  place: (info, region, zh) => {
    const { georeference, width, height } = info;
    if (georeference.kind === 'none') {
      const said = zh
        ? '图像没有地理参考，无法知道它在哪里。'
        : `Where it lies can't be told: the image has no place. ${georeference.reason}`;
      return `${said}${cameraText(info.stated.camera, zh)}`;
    }
    const ground = groundOf(georeference, width, height);
    const corners = cornersOf(region).map(([x, y]) => ground.lonLat(x, y));
    const centre = ground.lonLat(region.x + region.width / 2, region.y + region.height / 2);
    if (!centre || corners.some((corner) => corner === null)) {
      return zh ? '它的坐标无法换算为经纬度。' : "Its coordinates can't be converted to longitude and latitude.";
    }
    const lons = corners.map((corner) => corner![0]);
    const lats = corners.map((corner) => corner![1]);
    const box = `${lat(Math.min(...lats))}–${lat(Math.max(...lats))}, ${lon(Math.min(...lons))}–${lon(Math.max(...lons))}`;
    return zh
      ? `中心位于 ${lat(centre[1])} ${lon(centre[0])}，范围 ${box}。`
      : `Its centre lies at ${lat(centre[1])} ${lon(centre[0])}; it spans ${box}.`;
  },
  date: ({ stated }, _region, zh) => {
    const { acquired, written } = stated;
    if (acquired) {
      return zh
        ? `文件注明拍摄时间为 ${acquired.text}（${acquired.tag}）。`
        : `The file states that it was taken on ${acquired.text} (${acquired.tag}).`;
    }
    if (written) {
      return zh
        ? `文件没有注明拍摄时间。它的写入时间为 ${written.text}（${written.tag}），可能晚于拍摄。`
        : `The file doesn't state when it was taken. It was written on ${written.text} (${written.tag}), which may be later.`;
    }
    return `${zh ? '文件没有注明日期。' : "The file doesn't state a date."}${describedAs(stated.description, zh)}`;
  },
  sensor: ({ stated }, _region, zh) => {
    const { sensor, description } = stated;
    if (!sensor)
      return `${zh ? '文件没有注明传感器。' : "The file doesn't state a sensor."}${describedAs(description, zh)}`;
    return zh
      ? `文件注明传感器为 ${sensor.text}（${sensor.tag}）。`
      : `The file states ${sensor.text} (${sensor.tag}).`;
  },
  bands: ({ bands }, _region, zh) => {
    const names = bands.map(({ name, role }) =>
      role === 'unknown' || name.toLowerCase() === role ? name : `${name} (${role})`,
    );
    const hasNir = bands.some(({ role }) => role === 'nir');
    if (zh) return `共 ${bands.length} 个波段：${names.join('、')}。${hasNir ? '' : '没有注明为近红外的波段。'}`;
    const list = `${bands.length} ${bands.length === 1 ? 'band' : 'bands'}: ${names.join(', ')}.`;
    return hasNir ? list : `${list} None is stated to be near infrared.`;
  },
  type: ({ sampleType }, _region, zh) => (zh ? `样本类型为 ${sampleType}。` : `Its samples are ${sampleType}.`),
  nodata: ({ bands }, _region, zh) => {
    const values = bands.map(({ nodata }) => nodata?.value ?? null);
    if (values.every((value) => value === null)) return zh ? '没有注明无效值。' : 'No nodata value is stated.';
    const same = values.every((value) => value === values[0]);
    const text = same
      ? String(values[0])
      : values.map((value, i) => `${bands[i]!.name}: ${value ?? (zh ? '无' : 'none')}`).join(', ');
    return zh ? `无效值：${text}。` : `Nodata is ${text}.`;
  },
  file: ({ fileName, sizeBytes, compression, layout }, _region, zh) => {
    const size = `${(sizeBytes / 1e6).toLocaleString('en', { maximumSignificantDigits: 3 })} MB`;
    return zh
      ? `${fileName}：${size}，${compression}，${layout}。`
      : `${fileName}: ${size}, compression ${compression}, ${layout}.`;
  },
};

/** Where the camera was, which isn't where the picture's pixels lie. */
function cameraText(camera: StatedFacts['camera'], zh: boolean): string {
  if (!camera) return '';
  const { latDeg, lonDeg, altitudeMetres, tag } = camera;
  const place = `${lat(latDeg, 5)} ${lon(lonDeg, 5)}`;
  const height = altitudeMetres === null ? '' : `${zh ? '，海拔 ' : ', '}${short(altitudeMetres)} m`;
  return zh ? `相机位于 ${place}${height}（${tag}）。` : ` The camera was at ${place}${height} (${tag}).`;
}

const MOST_CHARACTERS = 200;

/** A file's own free text, which may say what no tag does. */
function describedAs(description: string | null, zh: boolean): string {
  if (description === null) return '';
  const short =
    description.length > MOST_CHARACTERS ? `${description.slice(0, MOST_CHARACTERS).trimEnd()}…` : description;
  return zh ? `它的说明为“${short}”。` : ` Its description says: “${short}”.`;
}

function areaOf({ georeference, width, height }: SceneInfo, window: PixelWindow): number | null {
  const ground = groundOf(georeference, width, height);
  return ground.kind === 'pixels' ? null : ground.area(cornersOf(window));
}

const cornersOf = ({ x, y, width, height }: PixelWindow): Point[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];
const short = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
