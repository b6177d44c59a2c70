import type { ErrorCode } from 'tracee/errors';
import type { LoadReport } from 'tracee/load-check';

/** What the guest says, as one line of JSON. */
export type GuestAnswer =
  | { readonly report: LoadReport; readonly error?: undefined }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };
