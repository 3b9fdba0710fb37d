/** What a user can ask a model to do: everything the app must know of it, in one record (docs/add-a-task.md). */
export interface Task {
  /** Its name on the command line, in models' manifests and in kept answers. */
  id: string;
  /** On its chip. */
  name: { en: string; zh: string };
  /** Its question until a model has said how it wants to be asked; `{label}` and `<region>` are filled in. Empty: the user's own. */
  question: string;
  needs: {
    /** `boxes`: a class that the model has boxes of; `count`: also one that it counts by density. Null: no class is named. */
    subject: 'boxes' | 'count' | null;
    /** A region that the user draws. */
    region: boolean;
    /** An earlier image of the same ground. */
    before: boolean;
    /** The user's own words: needed, or taken in place of `question`. Null: never taken. */
    text: 'required' | 'optional' | null;
  };
  /**
   * How its region is shown to the model. `at-scale`: whole where that is fine enough, else in tiles at the scale that the model knows;
   * `at-pixels`: in tiles of the image's own pixels; `around-region`: one view around the drawn region.
   */
  views: 'at-scale' | 'at-pixels' | 'around-region';
  /** Tiles looked at where nobody asked for all of them; null: all, since every object counts. */
  mostTiles: number | null;
  /** Masks of its boxes are asked for, too. */
  masks: boolean;
  /**
   * How the answers of several views become one: `boxes` are merged over seams and counted; `scenes`, `defects` and `descriptions` are
   * summed up; `words` are joined as they are; `region`: there is only one view.
   */
  joins: 'boxes' | 'scenes' | 'defects' | 'descriptions' | 'words' | 'region';
  /** Scores that are shown under its answer. */
  scores: 'scene' | 'quality' | null;
  /** Every model has it; other tasks are offered once the model has said that it knows them. */
  universal: boolean;
}
