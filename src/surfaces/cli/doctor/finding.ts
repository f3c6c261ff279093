/** One thing that the doctor looked at. */
export type Finding = {
  /** `broken` needs mending before the loop works; `warning` weakens it; `fine` is as it should be. */
  readonly kind: 'fine' | 'warning' | 'broken';
  readonly what: string;
  /** What was seen. */
  readonly detail: string;
  /** How to mend it; empty where nothing needs mending. */
  readonly mend: string;
};
