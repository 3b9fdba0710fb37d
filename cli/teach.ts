import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classNames, type HeldOutImage, readHeldOut } from './teach/classes.ts';
import { type FeatureKind, Features, featureKinds } from './teach/features.ts';
import { type Lesson, mark, tilesOf } from './teach/lesson.ts';

const HELP = `Measures classes taught by examples: 5 and 10 of one scene, searched for in others.

  npm run measure:teach -- --data DIR [options]

  --data DIR        the imagery sets (train/, eval/)
  --labels DIR      hand labels (training/data/labels)
  --split SPLIT     where to search: train (for choices) or eval (once, after them)
  --classes LIST    of ${classNames.join(', ')}
  --features LIST   of ${featureKinds.join(', ')}
  --examples LIST   5,10
  --lessons N       lessons a class, each from another scene (3)
  --most N          images searched (12)
  --size PX         side of an object in a tile (24)
  --python PATH     Python with Pillow, for imagenet also efficientnet-lite-pytorch (python3)
  --cache DIR       for features (.cache)
`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    labels: { type: 'string', default: 'training/data/labels' },
    split: { type: 'string', default: 'train' },
    classes: { type: 'string', default: classNames.join(',') },
    features: { type: 'string', default: featureKinds.join(',') },
    examples: { type: 'string', default: '5,10' },
    lessons: { type: 'string', default: '3' },
    most: { type: 'string', default: '12' },
    size: { type: 'string', default: '24' },
    python: { type: 'string', default: 'python3' },
    cache: { type: 'string', default: '.cache' },
    help: { type: 'boolean', default: false },
  },
});

/** Always the same order for the same name. */
function shuffled<T>(items: readonly T[], name: string): T[] {
  let state = [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Lessons with at least 10 objects; `count` of them are examples. */
function lessonsOf(images: readonly HeldOutImage[], count: number, most: number, objectPx: number): Lesson[] {
  const scenes = new Map<string, HeldOutImage[]>();
  for (const image of images) scenes.set(image.scene, [...(scenes.get(image.scene) ?? []), image]);
  const rich = [...scenes.entries()].filter(([, own]) => own.reduce((sum, { boxes }) => sum + boxes.length, 0) >= 10);
  return shuffled(rich, 'scenes')
    .slice(0, most)
    .map(([scene, own]) => {
      const marked = shuffled(own, scene).flatMap(({ file, boxes }) =>
        shuffled(boxes, file).map((box) => ({ file, box })),
      );
      const examples = marked.slice(0, count);
      const files = new Set(examples.map(({ file }) => file));
      const sizes = examples.map(({ box }) => Math.sqrt(box.w * box.h)).sort((a, b) => a - b);
      const median = sizes[Math.floor(sizes.length / 2)]!;
      // In steps, so that lessons of a class share tiles.
      const side = Math.round(256 * 2 ** (Math.round(2 * Math.log2(median / objectPx)) / 2));
      return { images: own.filter(({ file }) => files.has(file)), examples, sidePx: side };
    });
}

async function main(): Promise<void> {
  if (values.help || values.data === undefined) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const split = values.split === 'eval' ? 'eval' : 'train';
  const kinds = values.features.split(',') as FeatureKind[];
  const features = new Features(values.cache, values.python);
  process.stdout.write(
    `| class | examples | features | AP, IoU 0.3 | AP, centre in box | said : right | learned in, CPU |\n|---|---|---|---|---|---|---|\n`,
  );
  for (const name of values.classes.split(',')) {
    const held = readHeldOut(name, { data: values.data, labels: values.labels }, split);
    if (!held) {
      process.stdout.write(`| ${name} | no labels on ${split} images in ${join(values.labels)} or ${values.data} |\n`);
      continue;
    }
    for (const count of values.examples.split(',').map(Number)) {
      const runs = lessonsOf(held.lessons, count, Number(values.lessons), Number(values.size)).map((lesson) => {
        const scenes = new Set(lesson.images.map(({ scene }) => scene));
        const others = split === 'eval' ? held.search : held.search.filter(({ scene }) => !scenes.has(scene));
        return { lesson, search: shuffled(others, name).slice(0, Number(values.most)) };
      });
      const tiles = runs.flatMap(({ lesson, search }) =>
        [...lesson.images, ...search].flatMap((image) => tilesOf(image, lesson.sidePx)),
      );
      await features.prepare(tiles, kinds);
      for (const kind of kinds) {
        const marks = runs.map(({ lesson, search }) => mark(lesson, search, features, kind));
        const mean = (of: (each: (typeof marks)[number]) => number) =>
          marks.reduce((sum, each) => sum + of(each), 0) / marks.length;
        const span = (of: (each: (typeof marks)[number]) => number) => {
          const all = marks.map(of);
          return `${mean(of).toFixed(2)} (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})`;
        };
        process.stdout.write(
          `| ${name} | ${count} | ${kind} | ${span(({ iou }) => iou)} | ${span(({ centre }) => centre)} | ${mean(({ said }) => said).toFixed(2)} : ${mean(({ right }) => right).toFixed(2)} | ${(mean(({ learnMs }) => learnMs) / 1000).toFixed(1)} s |\n`,
        );
      }
    }
  }
}

await main();
