import { signal } from '@preact/signals';
import { type Recognised, recogniseSensor, rolesOf, SENSORS, type SensorId } from '../../render/sensors.ts';
import type { OpenScene } from '../../session/types.ts';

/** Sensors that the user has named, by layer: for this page, since it only says which presets there are. */
const chosen = signal<ReadonlyMap<string, SensorId>>(new Map());

export function chooseSensor(layerId: string, sensor: SensorId | null): void {
  const next = new Map(chosen.value);
  if (sensor === null) next.delete(layerId);
  else next.set(layerId, sensor);
  chosen.value = next;
}

/** The layer's sensor and band roles: as the user said, else as the file tells. */
export function sensorOf({ layerId, info }: OpenScene): Recognised {
  const sensor = SENSORS.find(({ id }) => id === chosen.value.get(layerId));
  if (sensor) return { sensor, roles: rolesOf(sensor), from: 'your choice' };
  return recogniseSensor(info.bands, info.fileName);
}
