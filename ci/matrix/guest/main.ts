/* What runs in the guest, in this order, as one file. */
import '../../../test/e2e/detection.test.ts';
import '../../../test/e2e/tracing.test.ts';
import '../../../test/e2e/kernel-filters.test.ts';
import '../../../test/e2e/capture.test.ts';
import './foreign-object.ts';
