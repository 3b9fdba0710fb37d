import { describe, expect, it } from 'vitest';
import { asksOtherTime, isBeyond } from './beyond.ts';
import { languageOf, normalise } from './units.ts';

const beyond = (question: string) => isBeyond(normalise(question), languageOf(question));
const otherTime = (question: string) => asksOtherTime(normalise(question), languageOf(question));

describe('isBeyond', () => {
  it.each([
    'How much does this house cost?',
    "What's stored in those containers?",
    'what is the e-mail of the harbour master',
    'how hot is it on the tarmac',
    'Do you like this place?',
    '这里的空气质量怎么样？',
    '集装箱里装的是什么？',
    '附近哪里可以加油',
  ])('knows "%s"', (question) => {
    expect(beyond(question)).toBe(true);
  });
  it.each([
    'Is the picture noisy?',
    'are there tanks inside the fence',
    'is there a gas station near the road?',
    'how much of the area is under water',
    'what is inside the red box',
    'how many cars are parked near the largest building',
    '这里有加油站吗',
    '仓库有几座',
    '停车场里有多少辆车',
  ])('leaves "%s" to the network', (question) => {
    expect(beyond(question)).toBe(false);
  });
});

describe('asksOtherTime', () => {
  it('is about the question, not about what is told beside it', () => {
    expect(otherTime('How many cars were here yesterday?')).toBe(true);
    expect(otherTime('上周这里停了多少架飞机？')).toBe(true);
    expect(otherTime('We flew yesterday, find all the cars')).toBe(false);
    expect(otherTime('count the cars in the image of last week')).toBe(false);
    expect(otherTime('昨天刚拍的图，标出所有飞机')).toBe(false);
    expect(otherTime('How many cars are here?')).toBe(false);
  });
});
