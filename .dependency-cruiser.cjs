/** The direction of imports, as ARCHITECTURE.md states it. */
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
module.exports = {
  forbidden: [
    forbid('no-cycle', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }, 'Modules form a tree.'),
    forbid('lib-imports-nothing', { path: '^src/lib/' }, { path: '^(src/(?!lib/)|shaders/)' }),
    forbid('geo-is-pure', { path: '^src/geo/', pathNot: '\\.test\\.ts$' }, { path: '^(src/(?!geo/|lib/)|shaders/)' }),
    forbid(
      'imagery-is-pure',
      { path: '^src/imagery/' },
      { path: '^src/(?!imagery/|geo/|lib/)' },
      'What an image is lies below whatever reads, draws or asks about it.',
    ),
    forbid(
      'tasks-are-pure',
      { path: '^src/tasks/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!tasks/)' },
      'A task is a record.',
    ),
    forbid(
      'teaching-is-pure',
      { path: '^src/teaching/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!teaching/|lib/)' },
      'The file of a taught class is read and written without a model.',
    ),
    forbid(
      'cover-is-pure',
      { path: '^src/cover/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!cover/|geo/|lib/)' },
      'Land cover is blended, measured and drawn without a model or an image.',
    ),
    forbid(
      'plan-is-pure',
      { path: '^src/plan/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!plan/|cover/|imagery/|geo/|lib/)' },
      'A plan is read, run and written without a model, an image or a screen.',
    ),
    forbid(
      'vlm-types-are-pure',
      { path: '^src/vlm/types\\.ts$' },
      { path: '^src/(?!plan/|cover/|tasks/|teaching/|imagery/|geo/|lib/)' },
    ),
    forbid(
      'contracts-are-for-workers-and-session',
      { path: '^src/', pathNot: '^src/(workers|session|main)' },
      { path: '^src/workers/.*/api\\.ts$' },
      'Domain types live in imagery/ and vlm/types.ts; a contract imports them, never the other way round.',
    ),
    forbid('shaders-are-leaves', { path: '^shaders/', pathNot: '\\.test\\.ts$' }, { path: '^src/(?!lib/)' }),
    forbid('gpu-below', { path: '^src/gpu/', pathNot: '\\.test\\.ts$' }, { path: '^src/(?!gpu/|lib/)' }),
    forbid(
      'raster-below',
      { path: '^src/raster/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!raster/|render/|imagery/|geo/|lib/)' },
    ),
    forbid(
      'render-below',
      { path: '^src/render/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!render/|imagery/|lib/)' },
    ),
    forbid(
      'vlm-below',
      { path: '^src/vlm/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!vlm/|gpu/|plan/|cover/|tasks/|teaching/|imagery/|geo/|lib/)' },
    ),
    forbid(
      'families-are-behind-their-formats',
      { path: '^src/', pathNot: '^src/vlm/(nadir/|testing/)|\\.test\\.ts$' },
      { path: '^src/vlm/nadir/', pathNot: '^src/vlm/nadir/format\\.ts$' },
      'The rest of the app knows a model by its VlmBackend.',
    ),
    forbid(
      'formats-choose-families',
      { path: '^src/', pathNot: '^src/vlm/(nadir/|formats\\.ts)|\\.test\\.ts$' },
      { path: '^src/vlm/nadir/format\\.ts$' },
    ),
    forbid(
      'export-is-pure',
      { path: '^src/export/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!export/|plan/|cover/|tasks/|teaching/|imagery/|geo/|lib/|vlm/types)' },
    ),
    forbid(
      'vectors-are-pure',
      { path: '^src/vectors/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(?!vectors/|geo/|lib/)' },
    ),
    forbid('storage-below', { path: '^src/storage/', pathNot: '\\.test\\.ts$' }, { path: '^src/(?!storage/|lib/)' }),
    forbid(
      'session-has-no-ui',
      { path: '^src/session/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(ui|raster|vlm/(?!types\\.ts)|gpu|main)' },
    ),
    forbid(
      'ui-goes-through-session',
      { path: '^src/ui/' },
      { path: '^src/(raster|vlm/(?!types\\.ts)|gpu|main|workers/)' },
    ),
    forbid('no-deep-test-imports', { pathNot: '\\.test\\.ts$' }, { path: '\\.test\\.ts$' }),
    forbid(
      'ort-only-in-vlm',
      { path: '^src/', pathNot: '^src/vlm/' },
      { path: 'node_modules/(onnxruntime-(web|common)|@huggingface)' },
    ),
    forbid('comlink-only-in-workers', { path: '^src/', pathNot: '^src/workers/' }, { path: 'node_modules/comlink' }),
    forbid('geotiff-only-in-raster', { path: '^src/', pathNot: '^src/raster/' }, { path: 'node_modules/geotiff/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default', 'types'] },
  },
};
