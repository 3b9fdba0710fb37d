import { version } from '../../package.json';

/** As package.json states it. */
export const APP_VERSION: string = version;
