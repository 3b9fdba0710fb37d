import * as library from 'geographiclib-geodesic';

/** GeographicLib is a CommonJS module. A bundler exposes its named exports; Node's loader only a default export. */
const module = library as typeof library & { default?: typeof library };
export const { Geodesic } = module.default ?? module;
