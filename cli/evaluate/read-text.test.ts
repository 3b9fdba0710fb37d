import { expect, it } from 'vitest';
import { changedIn, defectsIn, saysNone, sceneIn, yesOrNo } from './read-text.ts';

it('reads yes and no at the start only', () => {
  expect(yesOrNo('Yes, there are cars.')).toBe('yes');
  expect(yesOrNo('no.')).toBe('no');
  expect(yesOrNo('Nothing to see, yes')).toBeNull();
});

it('takes the longest scene that is named', () => {
  expect(sceneIn('This is a tank farm with storage tanks.')).toBe('storagetanks');
  expect(sceneIn('This is an airport apron with airplanes.')).toBe('airplane');
  expect(sceneIn('A dense residential area with buildings.')).toBe('denseresidential');
  expect(sceneIn('This is an aerial image.')).toBeNull();
});

it('looks among the offered scenes only', () => {
  expect(sceneIn('This is a beach.', ['forest', 'river'])).toBeNull();
  expect(sceneIn('river', ['forest', 'river'])).toBe('river');
});

it('reads defects, none, and neither', () => {
  expect(defectsIn('The image has noise and stripes.')).toEqual(['noise', 'stripes']);
  expect(defectsIn('The image has overexposure.')).toEqual(['overexposure']);
  expect(defectsIn('The image is underexposed and hazy, with missing data.')).toEqual([
    'haze',
    'missing data',
    'underexposure',
  ]);
  expect(defectsIn('Nothing is wrong with this image.')).toEqual([]);
  expect(defectsIn('This is a beach.')).toBeNull();
});

it('reads whether something changed', () => {
  expect(changedIn('Something changed: change 1, change 2.')).toBe(true);
  expect(changedIn('2 changes in the scene.')).toBe(true);
  expect(changedIn('Nothing changed.')).toBe(false);
  expect(changedIn('No changes in the scene.')).toBe(false);
  expect(changedIn('This is a beach.')).toBeNull();
});

it('recognises a plain "there is none"', () => {
  expect(saysNone('There are no cars. This is a beach.')).toBe(true);
  expect(saysNone('No cars in the scene.')).toBe(true);
  expect(saysNone('I can not box that.')).toBe(false);
});
