import { NadirError } from '../../lib/errors.ts';
import type { ModelFiles } from '../files/model-files.ts';

/** Sentence heads of both graphs, in the order of the labels in reader.json. */
export const sentenceHeads = ['intent', 'where', 'order', 'quantity', 'thing'] as const;
export type SentenceHead = (typeof sentenceHeads)[number];

/** The kinds of lexicon entries: a class, a class named by a place beside it (the coast), another thing, or a region. */
export const formKinds = { class: 1, anchor: 3, other: 5, region: 7 } as const;

/** A lexicon: written form → the thing that it names. English forms are words joined by single spaces. */
export type Forms = ReadonlyMap<string, { kind: number; name: string }>;

interface Language {
  /** Path of the graph within the model folder. */
  graph: string;
  /** The intent's logits are divided by this, so that their probabilities are calibrated. */
  temperature: number;
  forms: Forms;
}

/** The reader's settings (reader.json): labels, vocabularies and lexicon of the question reader. */
export interface ReaderSpec {
  /** Longer questions are cut. */
  maxTokens: number;
  /** For each head, its labels in the order of its outputs; null means "not stated". Tags: O, S (subject), A (anchor). */
  labels: Record<SentenceHead, readonly (string | null)[]>;
  en: Language & {
    /** WordPiece tokens by id. */
    vocab: readonly string[];
    /** Words that typos are corrected to, the more common first. */
    domain: readonly string[];
  };
  /** Characters, words and marks by id. */
  zh: Language & { units: readonly string[] };
  /** Traditional → simplified character. */
  simplified: ReadonlyMap<string, string>;
  /** Irregular plural → singular. */
  irregular: Readonly<Record<string, string>>;
}

interface RawLanguage {
  graph: string;
  temperature: number;
  /** Keys are "kind|name". */
  forms: Record<string, string[]>;
}

interface RawSpec {
  maxTokens: number;
  labels: Record<SentenceHead, (string | null)[]>;
  languages: { en: RawLanguage & { vocab: string; domain: string }; zh: RawLanguage & { units: string[] } };
  traditional: [string, string];
  irregular: Record<string, string>;
}

/**
 * Reads the settings file that the manifest names. Errors: MODEL_LACKS_TASK for a model without a reader;
 * MODEL_MANIFEST_INVALID.
 */
export function readReaderSpec(files: Pick<ModelFiles, 'get' | 'manifest'>): ReaderSpec {
  const { reader } = files.manifest;
  if (!reader) {
    throw new NadirError('MODEL_LACKS_TASK', 'This model reads no questions into plans. Choose one that does.');
  }
  const text = (path: string) => new TextDecoder().decode(files.get(path));
  const raw = JSON.parse(text(reader.settings)) as RawSpec;
  for (const head of sentenceHeads) {
    if (!Array.isArray(raw.labels?.[head])) {
      throw new NadirError(
        'MODEL_MANIFEST_INVALID',
        `The model's ${reader.settings} has no list of labels for "${head}". Restore the model folder.`,
        { details: { key: `labels.${head}` } },
      );
    }
  }
  const { en, zh } = raw.languages;
  const [traditional, simplified] = raw.traditional.map((characters) => [...characters]);
  return {
    maxTokens: raw.maxTokens,
    labels: raw.labels,
    en: { ...en, forms: formsOf(en.forms), vocab: text(en.vocab).split('\n'), domain: en.domain.split(' ') },
    zh: { ...zh, forms: formsOf(zh.forms) },
    simplified: new Map(traditional!.map((character, i) => [character, simplified![i]!])),
    irregular: raw.irregular,
  };
}

function formsOf(raw: Record<string, readonly string[]>): Forms {
  return new Map(
    Object.entries(raw).flatMap(([key, forms]) => {
      const [kind, name] = key.split('|');
      return forms.map((form) => [form, { kind: Number(kind), name: name! }] as const);
    }),
  );
}
