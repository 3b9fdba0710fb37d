import { describe, expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { withNamedCommand } from './named-command.ts';

const refusal = () =>
  new NadirError(
    'TIFF_COMPRESSION_UNSUPPORTED',
    'LZMA. Convert it: gdal_translate -co TILED=YES input.tif output.tif',
    {
      details: { compression: 34925 },
    },
  );

describe('withNamedCommand', () => {
  it('names the file in the command', () => {
    const named = withNamedCommand(refusal(), 'scene.tif') as NadirError;
    expect(named.message).toBe('LZMA. Convert it: gdal_translate -co TILED=YES scene.tif scene-nadir.tif');
    expect(named.code).toBe('TIFF_COMPRESSION_UNSUPPORTED');
    expect(named.details).toEqual({ compression: 34925 });
  });

  it('quotes what a shell would take apart', () => {
    const named = withNamedCommand(refusal(), "it's $& a.tif") as NadirError;
    expect(named.message).toContain(`'./it'\\''s $& a.tif' './it'\\''s $& a-nadir.tif'`);
    expect((withNamedCommand(refusal(), '-rf.tif') as NadirError).message).toContain("'./-rf.tif'");
  });

  it('doesn’t change other errors', () => {
    const other = new NadirError('FILE_EMPTY', 'The file is empty.');
    expect(withNamedCommand(other, 'a.tif')).toBe(other);
    const foreign = new TypeError('input.tif output.tif');
    expect(withNamedCommand(foreign, 'a.tif')).toBe(foreign);
  });
});
