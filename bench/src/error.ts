/** Something that a measurement needs is not there, or did not do what it has to. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
