/** For an option that may be repeated. Not variadic: that would swallow the dataset argument after it. */
export function repeatable(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
