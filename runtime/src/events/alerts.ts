/** What is wrong with memory, by the numbers and in the order of the original. */
export const memoryAlerts = {
  mapped_writable_and_executable: 1,
  became_executable: 2,
  executable_became_writable: 3,
  writable_remained_executable: 4,
} as const;
