import { NadirError } from '../../lib/errors.ts';
import { invalid } from './adapter-files.ts';

/** The fields of adapter_config.json that Nadir uses (https://huggingface.co/docs/peft, LoraConfig). */
export interface AdapterConfig {
  name: string;
  /**
   * Name or path of the base model. `version` and `weightsHash` (SHA-256) are set if Nadir's own training wrote the
   * file.
   */
  base: { id: string; version: string | null; weightsHash: string | null };
  rank: number;
  alpha: number;
  /** The change is (alpha / √r) B A x instead of (alpha / r) B A x. */
  rankStabilised: boolean;
  /** Null if the modules are given as a pattern; the tensors' names then identify them. */
  targetModules: string[] | null;
  /** Partial LoRA: the adapter acts on the image's rows only. */
  partial: boolean;
  licence: string | null;
  about: string | null;
}

const MAX_RANK = 512;
const MAX_TEXT = 400;

/** Reads the configuration. Errors: ADAPTER_INVALID (a field is wrong), ADAPTER_UNSUPPORTED (another kind of adapter). */
export function parseAdapterConfig(json: unknown): AdapterConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong('', json, 'an object');
  const fields = json as Record<string, unknown>;
  refuseOtherKinds(fields);
  const base = record(fields.nadir_base);
  const id = text(fields.base_model_name_or_path);
  if (id === null) throw wrong('base_model_name_or_path', fields.base_model_name_or_path, 'the base model’s name');
  return {
    name: text(fields.nadir_name) ?? 'Adapter',
    base: { id, version: text(base.version), weightsHash: text(base.weights) },
    rank: integer(fields, 'r', MAX_RANK),
    alpha: positive(fields, 'lora_alpha'),
    rankStabilised: fields.use_rslora === true,
    targetModules: targets(fields.target_modules),
    partial: fields.nadir_partial === true,
    licence: text(fields.nadir_licence),
    about: text(fields.nadir_about),
  };
}

function refuseOtherKinds(fields: Record<string, unknown>): void {
  const refuse = (what: string) => {
    throw new NadirError(
      'ADAPTER_UNSUPPORTED',
      `The adapter ${what}, which can't be added to a running model. Merge it into its base model and convert that, or train a plain LoRA.`,
    );
  };
  if (fields.peft_type !== 'LORA') refuse(`is of kind ${JSON.stringify(fields.peft_type ?? null)}, not "LORA"`);
  if (fields.use_dora === true) refuse('is a DoRA (use_dora)');
  if ((fields.bias ?? 'none') !== 'none' || fields.lora_bias === true) refuse('also trains biases');
  if (isFilled(fields.modules_to_save)) refuse('replaces whole modules (modules_to_save)');
  if (isFilled(fields.alpha_pattern)) refuse('has an alpha for each module (alpha_pattern)');
  if (fields.fan_in_fan_out === true) refuse('is for transposed weights (fan_in_fan_out)');
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, MAX_TEXT) : null;
}

function integer(fields: Record<string, unknown>, key: string, max: number): number {
  const value = fields[key];
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > max) {
    throw wrong(key, value, `an integer from 1 to ${max}`);
  }
  return value as number;
}

function positive(fields: Record<string, unknown>, key: string): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw wrong(key, value, 'a positive number');
  return value;
}

function targets(value: unknown): string[] | null {
  if (typeof value === 'string') return null;
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string')) {
    throw wrong('target_modules', value, 'a list of module names');
  }
  return value as string[];
}

function wrong(key: string, value: unknown, expected: string): NadirError {
  const found = value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 60);
  const at = key === '' ? '' : ` at "${key}"`;
  return invalid(
    `has a wrong adapter_config.json${at}: found ${found}, expected ${expected}`,
    'Copy the adapter again.',
  );
}
