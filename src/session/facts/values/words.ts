import type { SceneInfo } from '../../../imagery/image.ts';
import type { BandRole } from '../../../render/sensors.ts';
import type { Language } from '../../../tasks/task.ts';
import { plain } from '../../answer/compose.ts';
import type { Told } from '../told.ts';
import { dataBands, type Lacking } from './quantity.ts';

const roleNames: Record<BandRole, { en: string; zh: string }> = {
  coastal: { en: 'a coastal band', zh: '海岸波段' },
  blue: { en: 'a blue band', zh: '蓝波段' },
  green: { en: 'a green band', zh: '绿波段' },
  yellow: { en: 'a yellow band', zh: '黄波段' },
  red: { en: 'a red band', zh: '红波段' },
  'red-edge': { en: 'a red-edge band', zh: '红边波段' },
  nir: { en: 'a near infrared band', zh: '近红外波段' },
  swir1: { en: 'a short-wave infrared band', zh: '短波红外波段' },
  swir2: { en: 'a second short-wave infrared band', zh: '第二个短波红外波段' },
};

/** Says what an image lacks for what was asked. */
export function tellLacking(lacking: Lacking, info: SceneInfo, language: Language): Told {
  const zh = language === 'zh';
  switch (lacking.lacks) {
    case 'role': {
      const { name, role } = lacking;
      const band = roleNames[role][language];
      const choose = role !== 'nir' ? '' : zh ? '可在“波段”中选择近红外。' : ' Choose it under “Bands”, NIR.';
      const isBand = name === role;
      return plain(
        zh
          ? `${isBand ? '' : `${name} 需要`}${isBand ? `这幅图像没有注明${band}。` : `${band}，这幅图像没有注明。`}${choose}`
          : isBand
            ? `This image has no band that is known to be ${band}.${choose}`
            : `${name} needs ${band}, and none is known in this image.${choose}`,
      );
    }
    case 'number':
      return plain(
        zh
          ? `没有第 ${lacking.number} 波段，文件共有 ${lacking.of} 个波段。`
          : `There is no band ${lacking.number}; the file has ${lacking.of}.`,
      );
    case 'elevation':
      return plain(noElevation(info, language));
    case 'choice':
      return {
        ...plain(zh ? '要看哪个波段的直方图？' : 'Of which band?'),
        choices: lacking.bands.map(({ name, index }) => ({
          text: `${index + 1}. ${name}`,
          question: zh ? `波段${index + 1}的直方图` : `histogram of band ${index + 1}`,
        })),
      };
  }
}

/** That an image isn't known to hold elevations. */
export function noElevation(info: SceneInfo, language: Language): string {
  const count = dataBands(info).length;
  if (count === 1) {
    return language === 'zh'
      ? '文件没有注明其数值的含义，因此不知道它们是不是高程。'
      : "The file doesn't state what its values mean, so it isn't known whether they are elevations.";
  }
  return language === 'zh'
    ? `这个文件没有高程：它的 ${count} 个波段都没有注明为高程。`
    : `This file has no elevations: none of its ${count} bands is stated to be one.`;
}

/** Says which words of a question the answer doesn't take into account; empty if there are none. */
export function leftOutText(leftOut: string, language: Language): string {
  if (leftOut === '') return '';
  return language === 'zh' ? `问题中的“${leftOut}”未被考虑。` : `“${leftOut}” in the question was left out of account.`;
}
