/** `1 finding`, `2 findings` */
export function countFindings(count: number): string {
  return count === 1 ? '1 finding' : `${count} findings`;
}
