/** The most rows that one sample has; how it is drawn stands in core/sampling.ts. */
export const LARGEST_SAMPLE = 100;
