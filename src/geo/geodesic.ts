import * as library from 'geographiclib-geodesic';

/** GeographicLib is a CommonJS module: a bundler gives its names, Node's own loader only a default. */
const module = library as typeof library & { default?: typeof library };
export const { Geodesic } = module.default ?? module;
