/** A handler that is made by its first event: a module that is only loaded needs no environment. */
export function lazily<Rest extends readonly unknown[], Answer>(
  make: () => (...event: Rest) => Promise<Answer>,
): (...event: Rest) => Promise<Answer> {
  let made: ((...event: Rest) => Promise<Answer>) | undefined;
  return (...event) => (made ??= make())(...event);
}
