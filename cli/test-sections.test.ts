import { expect, it } from 'vitest';
import { tallyOf } from './test-sections.ts';

it('counts a file that could not be loaded as a failure', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    testResults: [
      { status: 'passed', assertionResults: [{}, {}, {}] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(tallyOf(report)).toEqual({ passed: 3, failed: 2, skipped: 2 });
});
