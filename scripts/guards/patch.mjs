/** One piece of text that is replaced; it must stand in the file exactly once. */
export const patch = (file, find, replace) => ({ file, find, replace });
