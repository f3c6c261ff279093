/** One behaviour that Countersign promises. Tests cite it by id in their title: `test('[RECORD-03] …')`. */
export type Requirement = {
  /** `L1` … `L15` for the laws, `AREA-NN` for the rest. */
  readonly id: string;
  /** What is promised, as one sentence that a test can refute. */
  readonly behaviour: string;
  /** The sentence of the essay that it comes from. */
  readonly source: string;
};
