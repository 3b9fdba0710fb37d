/** What questions are asked and answered in. */
export type Language = 'en' | 'zh';

/** Something that a user can ask a model to do: all that the app needs to know about it (docs/add-a-task.md). */
export interface Task {
  /** Its name on the command line, in models' manifests and in stored answers. */
  id: string;
  /** The name on its chip. */
  name: Record<Language, string>;
  /** The question as the user reads and may type it; `{label}` and `<region>` are filled in. Empty: the user's own. */
  question: Record<Language, string>;
  needs: {
    /** `boxes`: a class that the model has boxes of; `count`: also one that it counts by density. Null: no class. */
    subject: 'boxes' | 'count' | null;
    /** A region that the user draws. */
    region: boolean;
    /** An earlier image of the same ground. */
    before: boolean;
    /** The user's own words: required, or an alternative to `question`. Null: not used. */
    text: 'required' | 'optional' | null;
  };
  /**
   * The intent of the plan that it stands for: a model that looks answers it from what its heads see, as it does the same question
   * typed. Absent if only the model's words answer it.
   */
  intent?: 'find' | 'count' | 'describe' | 'classify';
  /** The subject of that plan, where it isn't a class that the user chooses. Its answer needs no words of a model, and so no prompt. */
  about?: string;
  /** Parts of a model without which it can't answer, by their names in manifests. */
  heads?: readonly ('change' | 'quality' | 'refiner' | 'cover')[];
  /**
   * How the region is shown to the model. `at-scale`: whole if that is fine enough, else in tiles at the model's scale;
   * `at-pixels`: in tiles of the image's own pixels; `around-region`: one view around the drawn region.
   */
  views: 'at-scale' | 'at-pixels' | 'around-region';
  /** Maximum number of tiles unless the user asked for all; null: no limit, because every object counts. */
  maxTiles: number | null;
  /** Whether masks of its boxes are requested, too. */
  masks: boolean;
  /**
   * How the answers of several views are joined: `boxes` are merged across seams and counted; `scenes`, `defects` and
   * `descriptions` are summarised; `words` are concatenated; `region`: there is only one view.
   */
  joins: 'boxes' | 'scenes' | 'defects' | 'descriptions' | 'words' | 'region';
  /** Name of the scores that are shown under its answer. */
  scores: string | null;
  /** Whether every model has the task. Others are offered if the model's manifest lists them. */
  universal: boolean;
}
